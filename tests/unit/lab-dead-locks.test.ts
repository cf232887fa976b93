import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { removeDeadLocks } from "../../lab/dead-locks";

const home = mkdtempSync(join(tmpdir(), "harbor-ha-locks-"));
const folder = join(home, "state/.pulumi/locks/organization/harbor-ha/lab");
const before = process.env["HARBOR_HA_LAB"];

beforeAll(() => {
  process.env["HARBOR_HA_LAB"] = home;
  mkdirSync(folder, { recursive: true });
});
afterAll(() => {
  if (before === undefined) delete process.env["HARBOR_HA_LAB"];
  else process.env["HARBOR_HA_LAB"] = before;
  rmSync(home, { recursive: true });
});

/** A lock, with the file that the engine keeps beside it. */
function lock(name: string, pid: number, host = hostname()): void {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ pid, hostname: host }));
  writeFileSync(join(folder, `${name}.json.attrs`), "{}");
}

test("a dead run's lock goes with what is beside it; those of others stay", async () => {
  const { pid } = spawnSync("true");
  lock("dead", pid);
  lock("living", process.pid);
  lock("elsewhere", pid, "another-host");
  writeFileSync(join(folder, "left.json.attrs"), "{}");
  // The lab's folder is known once its modules are loaded.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const lab = require("../../lab/dead-locks") as { removeDeadLocks: typeof removeDeadLocks };
  const said: string[] = [];
  await lab.removeDeadLocks((line) => said.push(line));
  expect(readdirSync(folder).sort()).toEqual(
    ["elsewhere", "living"].flatMap((name) => [`${name}.json`, `${name}.json.attrs`]),
  );
  expect(said).toEqual([`the lock of an earlier run that was ended (process ${pid}) is removed`]);
});
