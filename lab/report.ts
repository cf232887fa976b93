/** Receives one line of progress, without a newline. */
export type Report = (line: string) => void;

/** A reporter that writes to standard error, each line led by the seconds since it was made. */
export function timedReport(): Report {
  const start = Date.now();
  return (line) => {
    const seconds = ((Date.now() - start) / 1000).toFixed(1).padStart(6);
    process.stderr.write(`[${seconds}] ${line}\n`);
  };
}
