import { readdir } from "node:fs/promises";
import path from "node:path";
import { STATE_DIR } from "../../lab/topology";

/** Files of the engine's locks on the lab's stacks. */
export async function engineLocks(): Promise<string[]> {
  const folder = path.join(STATE_DIR, ".pulumi", "locks");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
