import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Report } from "./report";
import { sleep } from "./shell";
import { LAB_DIR } from "./topology";

const LOCK_FILE = path.join(LAB_DIR, "lock");

/** Whether a process with this number runs, also one of another user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function tryLock(): Promise<number | undefined> {
  try {
    const file = await open(LOCK_FILE, "wx", 0o600);
    await file.writeFile(String(process.pid));
    await file.close();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = Number(await readFile(LOCK_FILE, "utf8").catch(() => ""));
    // An empty file belongs to someone who is just writing it, or died then: give it a moment.
    return holder;
  }
}

/** Runs `step` while no other process changes the lab; takes over the lock of a dead one. */
export async function withLock<T>(report: Report, step: () => Promise<T>): Promise<T> {
  await mkdir(LAB_DIR, { recursive: true, mode: 0o700 });
  let emptyRounds = 0;
  let waitedFor: number | undefined;
  for (let holder = await tryLock(); holder !== undefined; holder = await tryLock()) {
    emptyRounds = holder > 0 ? 0 : emptyRounds + 1;
    if (holder > 0 ? !isAlive(holder) : emptyRounds > 10) await rm(LOCK_FILE, { force: true });
    else if (holder > 0 && waitedFor !== holder)
      report(`lab: waiting for process ${String(holder)}`);
    waitedFor = holder;
    await sleep(0.2);
  }
  try {
    return await step();
  } finally {
    await rm(LOCK_FILE, { force: true });
  }
}
