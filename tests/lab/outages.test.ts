import { nodeExec, type Lab } from "../../lab/lab";
import type { Deployment } from "../../lab/proof/check";
import { run, sleep, waitFor } from "../../lab/shell";
import {
  containerOf,
  DATABASE,
  DATABASES,
  NODE_NAMES,
  type DatabaseName,
} from "../../lab/topology";
import { sql } from "./database";
import { deployedOver, labSucceeds, machines, proofPasses, say } from "./driver";
import { notPullable } from "./load/docker-loop";
import { type Load, type LoadSeen, startLoad } from "./load/load";
import { powerOff, powerOn } from "./power";
import { untilRecords, watchRecords } from "./records";

/*
 * One story of the services behind the nodes: each fails while clients go on. What they see is printed,
 * not judged; judged is that all comes back by itself, and that nothing is lost that was acknowledged.
 */

let described: Lab;
let deployment: Deployment;

beforeAll(async () => {
  described = await machines();
  await labSucceeds();
  deployment = await deployedOver(described);
});

// What stays is of use to nobody without this stack's secrets: the next deployment begins anew.
afterAll(() => labSucceeds("down", "--volumes"));

/** Seconds without a failure after which an outage counts as over. */
const CALM = 10;

/** Waits until the one client has no failures any more, and the other's pushes succeed again. */
async function untilCalm(load: Load, since: number): Promise<void> {
  const pushed = load.soFar().docker.acknowledged.length;
  await waitFor(
    "clients to be served again",
    async () => {
      const { steady, docker } = load.soFar();
      const lastFailure = steady.failures.at(-1)?.at ?? since;
      const now = Date.now();
      const calm = now - lastFailure > CALM * 1000 && now - steady.lastSuccess < 1000;
      return calm && docker.acknowledged.length > pushed;
    },
    { timeout: 300 },
  );
}

/** Lets something fail and come back while clients go on. */
async function outage(what: string, step: () => Promise<void>): Promise<LoadSeen> {
  const watch = watchRecords(described);
  const load = await startLoad(deployment);
  await sleep(3);
  const began = Date.now();
  const finished = step().then(async () => {
    const back = Date.now();
    await untilCalm(load, began);
    return back;
  });
  const [outcome] = await Promise.allSettled([finished]);
  const seen = await load.stop();
  const emptied = (await watch.stop()).some(({ records }) => records.length === 0);
  if (outcome.status === "rejected") throw outcome.reason;
  const last = seen.steady.failures.at(-1)?.at;
  say(
    last === undefined
      ? `${what}: no failure of the steady client`
      : `${what}: the last failure was ${((last - began) / 1000).toFixed(1)} s after it began, ` +
          `${((last - outcome.value) / 1000).toFixed(1)} s after the service was there again`,
  );
  // Otherwise nothing was tried.
  expect(seen.steady.requests).toBeGreaterThan(100);
  expect(emptied).toBe(false);
  expect(await notPullable(seen.docker.acknowledged)).toEqual([]);
  await untilRecords(described, NODE_NAMES, 60);
  await proofPasses();
  return seen;
}

async function synced(...members: readonly DatabaseName[]): Promise<void> {
  for (const member of members) {
    const ready = ["exec", containerOf(member), "lab-ready"];
    await waitFor(
      `${member} to be synced`,
      async () => (await run("docker", ready, { mayFail: true })).code === 0,
      { timeout: 180, interval: 1 },
    );
  }
}

/** The member, of these, through which Harbor's connections go. */
async function memberInUse(members: readonly DatabaseName[]): Promise<DatabaseName> {
  for (const member of members) {
    const connections = `SELECT COUNT(*) FROM information_schema.processlist WHERE user = '${DATABASE.user}'`;
    if ((await sql(connections, member)) !== "0") return member;
  }
  throw new Error("no member has a connection of Harbor");
}

test("the Galera member in use is killed, and comes back", async () => {
  const member = await memberInUse(DATABASES);
  const others = DATABASES.filter((other) => other !== member);
  await outage(`${member} killed`, async () => {
    await powerOff(member);
    await sleep(15);
    say(`${await memberInUse(others)} took over`);
    await powerOn(member);
    await synced(...DATABASES);
  });
});

test("Redis is restarted, with nothing in it", async () => {
  await outage("Redis restarted", async () => {
    await run("docker", ["restart", containerOf("redis")]);
  });
});

test("Ceph is restarted", async () => {
  await outage("Ceph restarted", async () => {
    await run("docker", ["restart", containerOf("ceph")]);
    await waitFor(
      "the file system",
      async () =>
        (await nodeExec("hub1", "timeout -s KILL 5 ls /mnt/cephfs", { mayFail: true })).code === 0,
      { timeout: 180 },
    );
  });
});

test("all of Galera is stopped for a minute", async () => {
  await outage("Galera stopped", async () => {
    const names = DATABASES.map(containerOf);
    await run("docker", ["stop", ...names]);
    await sleep(60);
    await run("docker", ["start", ...names]);
    await synced(...DATABASES);
  });
});
