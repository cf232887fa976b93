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

/** Runs a long step, saying every `interval` seconds that it is still running. */
export async function withProgress<T>(
  report: Report,
  what: string,
  step: () => Promise<T>,
  interval = 20,
): Promise<T> {
  const start = Date.now();
  const timer = setInterval(() => {
    report(`${what}: ${String(Math.round((Date.now() - start) / 1000))} s so far`);
  }, interval * 1000);
  try {
    return await step();
  } finally {
    clearInterval(timer);
  }
}
