import { spawn } from "node:child_process";
import path from "node:path";
import { sleep } from "../../lab/shell";
import { labSucceeds, NODE_NAMES, on } from "../lab/driver";

/*
 * `up` is killed at random moments, the command line with everything that it started: the next run
 * converges, and nothing half-done is left. KILLS says how often.
 */

const KILLS = Number(process.env["KILLS"] ?? "5");

/** Starts a deployment and kills its whole process group after some seconds. */
async function killedAfter(seconds: number, setting: string): Promise<void> {
  const child = spawn("npm", ["run", "--silent", "lab", "--", "deploy", "--set", setting], {
    cwd: path.resolve(__dirname, "../.."),
    detached: true,
    stdio: "ignore",
  });
  await sleep(seconds);
  process.kill(-child.pid!, "SIGKILL");
}

beforeAll(() => labSucceeds());

test.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
  "kill %i: the next run converges",
  async (i) => {
    const seconds = 3 + Math.random() * 30;
    const workers = 10 + i;
    process.stderr.write(`kill ${String(i)} after ${seconds.toFixed(1)} s\n`);
    await killedAfter(seconds, `maxJobWorkers=${String(workers)}`);
    await labSucceeds("deploy", "--set", `maxJobWorkers=${String(workers)}`);
    expect(await labSucceeds("prove")).toMatch(/^\d+ proved, 0 failed$/m);
    for (const name of NODE_NAMES) {
      expect(await on(name, "docker exec harbor-adminserver printenv MAX_JOB_WORKERS")).toBe(
        String(workers),
      );
      // No lock is held, no file is half-written, nothing is mounted twice, no container is too many.
      expect(await on(name, "flock -n /run/lock/harbor-ha.lock echo free")).toBe("free");
      const leftovers =
        "find /opt/harbor /etc /run /mnt/cephfs/.harbor-ha /mnt/cephfs/harbor/data -maxdepth 3";
      expect(
        await on(
          name,
          `${leftovers} \\( -name '.staging.*' -o -name '.harbor-ha.*' -o -name 'harbor-ha.tsig' -o -name '.secretkey.*' \\) | head`,
        ),
      ).toBe("");
      expect(await on(name, "grep -c ' /mnt/cephfs ' /proc/self/mounts")).toBe("1");
      expect(await on(name, "docker ps -aq | wc -l")).toBe("6");
    }
  },
);
