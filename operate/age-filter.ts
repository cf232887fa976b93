import { spawn } from "node:child_process";
import * as path from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

const PROGRAM = path.join(__dirname, "age.mjs");

/** Resolves when a process ended well. */
function ended(child: ReturnType<typeof spawn>, stderr: Promise<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) return resolve();
      void stderr.then((reason) =>
        reject(new Error(reason || "the encryption was ended from outside; run again")),
      );
    });
  });
}

/**
 * Encrypts or decrypts one stream into another, in the age format (`age -d` reads it) with a passphrase.
 * The target is ended when all of it is good, and destroyed otherwise.
 * @throws Error that says what is wrong, with the passphrase or the file; or that of a stream.
 */
export async function age(
  mode: "encrypt" | "decrypt",
  passphrase: string,
  source: Readable,
  target: Writable,
): Promise<void> {
  // Nothing of this process's environment, which may hold the passphrase.
  const child = spawn(process.execPath, [PROGRAM, mode], {
    env: {},
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const [stdin, stdout, stderr, secret] = child.stdio as unknown as [
    Writable,
    Readable,
    Readable,
    Writable,
  ];
  const done = ended(child, text(stderr));
  secret.on("error", () => undefined).end(passphrase);
  const fed = pipeline(source, stdin);
  const taken = pipeline(
    stdout,
    async function* (chunks: AsyncIterable<Buffer>) {
      yield* chunks;
      // A program that failed closes its output as one that is through with it.
      await done;
      await fed;
    },
    target,
  );
  const [program, input, output] = await Promise.allSettled([done, fed, taken]);
  // Each failure breaks what is before and behind it: a stream's own comes first, then the program's.
  const own = [input, output].find((part) => part.status === "rejected" && !isBroken(part.reason));
  for (const part of [own, program, output, input]) {
    if (part?.status === "rejected") throw part.reason;
  }
}

/** Whether a stream only failed because its other end was closed. */
function isBroken(reason: unknown): boolean {
  const { code } = reason as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET";
}
