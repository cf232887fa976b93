import { hostname } from "node:os";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { isAlive } from "./lock";
import type { Report } from "./report";
import { STATE_DIR } from "./topology";

interface Lock {
  readonly pid: number;
  readonly hostname: string;
}

/** Ends the name of the file that the engine keeps beside each of its files. */
const BESIDE = ".attrs";

/**
 * Removes the engine's locks on the lab's stacks whose processes are gone: a run that was killed
 * leaves its lock behind, and nobody else works on this state. A living run keeps its own.
 */
export async function removeDeadLocks(report: Report): Promise<void> {
  const folder = path.join(STATE_DIR, ".pulumi", "locks");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = new Set(entries.map(({ name }) => name));
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.name.endsWith(BESIDE)) {
      if (!names.has(entry.name.slice(0, -BESIDE.length))) await rm(file, { force: true });
      continue;
    }
    const lock = JSON.parse(await readFile(file, "utf8")) as Lock;
    if (lock.hostname !== hostname() || isAlive(lock.pid)) continue;
    for (const gone of [file, file + BESIDE]) await rm(gone, { force: true });
    report(`the lock of an earlier run that was ended (process ${String(lock.pid)}) is removed`);
  }
}
