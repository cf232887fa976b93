import { NODE_NAMES, type NodeName } from "../../lab/topology";
import { labSucceeds, on } from "../lab/driver";
import { engineLocks } from "../lab/engine-locks";

/** What a step writes before it is whole. */
const HALF_DONE = [".staging.*", ".harbor-ha.*", ".current", ".secretkey.*", "*.partial"]
  .map((name) => `-name '${name}'`)
  .join(" -o ");

const FOLDERS = "/opt/harbor /etc /run /mnt/cephfs/.harbor-ha /mnt/cephfs/harbor/data";

/** A node on which no lock is held, no file half-written, nothing mounted twice, no container too many. */
async function isTidy(node: NodeName): Promise<void> {
  // The health timer holds the lock for a moment, too.
  const locked = await on(node, "flock -w 10 /run/lock/harbor-ha.lock echo free");
  const find = `find ${FOLDERS} -maxdepth 3 \\( ${HALF_DONE} \\) | head`;
  const state = {
    locked,
    files: await on(node, find),
    mounts: await on(node, "grep -c ' /mnt/cephfs ' /proc/self/mounts"),
    containers: await on(node, "docker ps -aq | wc -l"),
  };
  expect({ node, ...state }).toEqual({
    node,
    locked: "free",
    files: "",
    mounts: "1",
    containers: "6",
  });
}

/** Runs a deployment after one that was interrupted: it has to bring everything to what is declared. */
export async function converges(workers: number): Promise<void> {
  await labSucceeds("deploy", "--set", `maxJobWorkers=${String(workers)}`);
  expect(await labSucceeds("prove")).toMatch(/^\d+ proved, 0 failed$/m);
  expect(await engineLocks()).toEqual([]);
  for (const node of NODE_NAMES) {
    const seen = await on(node, "docker exec harbor-adminserver printenv MAX_JOB_WORKERS");
    expect({ node, workers: seen }).toEqual({ node, workers: String(workers) });
    await isTidy(node);
  }
}
