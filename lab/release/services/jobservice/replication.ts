import { appendFileSync } from "node:fs";

/** Appends a line to a job's log. */
export function jobLog(file: string): (line: string) => void {
  return (line) => appendFileSync(file, `${new Date().toISOString()} [INFO] ${line}\n`);
}

/**
 * What is left of a replication here: a stand-in moves no image, it shows that the target is a
 * registry.
 * @throws Error when it is none or does not answer.
 */
export async function replicate(target: string, note: (line: string) => void): Promise<void> {
  const answer = await fetch(`${target}/v2/`, { signal: AbortSignal.timeout(5_000) });
  note(`${target} answered ${answer.status}`);
  if (answer.status !== 200 && answer.status !== 401) throw new Error("not a registry");
}
