/*
 * What the programs share that the engine starts on this machine: a request as JSON on standard input,
 * which may hold keys, and lines for a person on standard error.
 */
import { text } from "node:stream/consumers";

/** What failed, on one line. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replaceAll(/\s*\n\s*/g, " ");
}

async function readRequest<T>(): Promise<T> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input) as T;
  } catch {
    // The parser's own message quotes the text, which holds a key.
    throw new Error("standard input is no JSON: the engine starts this program; run pulumi up");
  }
}

/**
 * Reads the request and does the work. What the work throws becomes a line, and the status 1.
 * @param work Gets the request, and what writes a line.
 */
export async function serveRequest<T>(
  work: (request: T, say: (line: string) => void) => Promise<void>,
): Promise<void> {
  // Nobody reads any more: the engine that started this is gone.
  process.stderr.on("error", () => process.exit(1));
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  try {
    await work(await readRequest<T>(), say);
  } catch (error) {
    say(reason(error));
    process.exitCode = 1;
  }
}
