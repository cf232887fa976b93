import type { Deployment } from "../../lab/proof/check";
import { sleep } from "../../lab/shell";
import { NODE_NAMES } from "../../lab/topology";
import { containersOf, startOf } from "./containers";
import { lab, labSucceeds, on, say } from "./driver";
import { notPullable } from "./load/docker-loop";
import { type LoadSeen, startLoad } from "./load/load";
import { type Absence, absences, untilRecords, watchRecords } from "./records";

interface Rolled<T> {
  readonly result: T;
  readonly seen: LoadSeen;
  readonly away: readonly Absence[];
  /** Whether the name ever had no record at all. */
  readonly emptied: boolean;
}

/** Does something under both clients, and watches the name meanwhile. */
async function underLoad<T>(deployment: Deployment, step: () => Promise<T>): Promise<Rolled<T>> {
  const load = await startLoad(deployment);
  const watch = watchRecords(deployment.lab);
  const [outcome] = await Promise.allSettled([step()]);
  const [samples, seen] = await Promise.all([watch.stop(), load.stop()]);
  if (outcome.status === "rejected") throw outcome.reason;
  return {
    result: outcome.value,
    seen,
    away: absences(samples),
    emptied: samples.some(({ records }) => records.length === 0),
  };
}

async function withoutFailures({ steady, docker }: LoadSeen): Promise<void> {
  expect({ steady: steady.failures, docker: docker.failures }).toEqual({ steady: [], docker: [] });
  // Otherwise nothing was tried.
  expect(steady.requests).toBeGreaterThan(100);
  expect(docker.acknowledged.length).toBeGreaterThan(0);
  expect(await notPullable(docker.acknowledged)).toEqual([]);
}

/** A change that restarts something on every node, while clients go on. */
async function changesNodeByNode(deployment: Deployment, flags: readonly string[]): Promise<void> {
  const { seen, away, emptied } = await underLoad(deployment, () =>
    labSucceeds("deploy", ...flags),
  );
  for (const { node, from, to } of away) {
    say(`${node}: its record was away for ${((to - from) / 1000).toFixed(1)} s`);
  }
  await withoutFailures(seen);
  expect(emptied).toBe(false);
  // Once each, and each only after the one before it was back.
  expect(away.map(({ node }) => node)).toEqual(NODE_NAMES);
  for (const [i, { from }] of away.slice(1).entries()) {
    expect(from).toBeGreaterThanOrEqual(away[i]!.to);
  }
  for (const { node, from, to } of away) {
    const started = await startOf(node, "nginx");
    expect(started).toBeGreaterThan(from);
    expect(started).toBeLessThan(to);
  }
}

export function rollingChange(deployment: () => Deployment): void {
  const workers = (node: (typeof NODE_NAMES)[number]) =>
    on(node, "docker exec harbor-adminserver printenv MAX_JOB_WORKERS");

  test("a change that needs no restart restarts nothing and withdraws no record", async () => {
    const before = await Promise.all(NODE_NAMES.map(containersOf));
    const watch = watchRecords(deployment().lab);
    const text = await labSucceeds("deploy", "--set", "healthTimeout=130").finally(watch.stop);
    expect(text).toMatch(/\d+ updated/);
    expect(absences(await watch.stop())).toEqual([]);
    expect(await Promise.all(NODE_NAMES.map(containersOf))).toEqual(before);
  });

  test("a changed setting goes from node to node, and no client sees a failure", async () => {
    await changesNodeByNode(deployment(), ["--set", "maxJobWorkers=5"]);
    for (const node of NODE_NAMES) expect(await workers(node)).toBe("5");
  });

  test("the next patch release, which restarts everything: no client sees a failure", async () => {
    await changesNodeByNode(deployment(), ["--release", "1.1.3"]);
    for (const node of NODE_NAMES) {
      const images = await on(node, "docker ps --format '{{.Image}}' | sed 's/.*://' | sort -u");
      expect(images).toBe("v1.1.3");
    }
  });

  test("a gate that fails: the others serve on, and a run with the old settings goes back", async () => {
    const untouched = await Promise.all([containersOf("hub2"), containersOf("hub3")]);
    const described = deployment().lab;
    const cut = `DOCKER-USER -d ${described.database.host} -j DROP`;
    const { result, seen } = await underLoad(deployment(), async () => {
      const flags = ["maxJobWorkers=7", "healthTimeout=30"].flatMap((change) => ["--set", change]);
      const run = lab("deploy", ...flags);
      // Only once no client comes to hub1 any more: what it serves then is no failure of the rollout.
      await untilRecords(described, ["hub2", "hub3"], 120);
      await sleep(1);
      await on("hub1", `iptables -I ${cut}`);
      return run.finally(() => on("hub1", `iptables -D ${cut}`));
    });
    expect(result.code).not.toBe(0);
    expect(result.text).toMatch(/hub1: the health gate failed after 30 s: /);
    expect(result.text).toMatch(/hub1: .*or go back by a run with the settings of before/);
    expect(result.text).not.toMatch(/hub[23]: starting/);
    await withoutFailures(seen);
    expect(await Promise.all([containersOf("hub2"), containersOf("hub3")])).toEqual(untouched);

    await labSucceeds("deploy");
    for (const node of NODE_NAMES) expect(await workers(node)).toBe("3");
    expect(await labSucceeds("prove")).toContain("6 proved, 0 failed");
  });
}
