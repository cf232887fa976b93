import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { access, rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";

/** @throws Error where the file is there */
export async function refuseExisting(file: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there)
    throw new Error(`${file} is there already, and is not overwritten; name another (--output)`);
}

/**
 * Makes a file for its owner alone that appears complete or not at all.
 * @param write ends the stream, or rejects
 */
export async function writeWhole(
  file: string,
  write: (target: Writable) => Promise<void>,
): Promise<void> {
  await refuseExisting(file);
  const partial = `${file}.${randomBytes(4).toString("hex")}.partial`;
  const target = createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true });
  try {
    await new Promise<void>((resolve, reject) => {
      target.once("open", () => resolve()).once("error", reject);
    });
    await write(target);
    await refuseExisting(file);
    await rename(partial, file);
  } catch (error) {
    target.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}
