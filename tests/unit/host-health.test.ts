import { spawn } from "node:child_process";
import { once } from "node:events";
import { HealthHost, SECRETS } from "./fixtures/health-host";

let host: HealthHost;
beforeEach(async () => {
  host = await HealthHost.start();
  host.lease("hub2", "ok ");
  host.lease("hub3", "ok ");
});
afterEach(() => host.stop());

const ALL = ["hub1", "hub2", "hub3"];

describe("a node's own record", () => {
  test("stays, without a word and without an update, while the node serves", async () => {
    const { said } = await host.look(3);
    expect({ said, records: host.records, updates: host.read("updates") }).toEqual({
      said: [],
      records: ALL,
      updates: "",
    });
  });

  test("goes at the second failure in a row, not at the first", async () => {
    host.search("hub1", 500);
    await host.look();
    expect(host.records).toEqual(ALL);
    host.search("hub1", 200);
    await host.look();
    host.search("hub1", 500);
    await host.look();
    expect(host.records).toEqual(ALL);
    const { said } = await host.look(2);
    expect(host.records).toEqual(["hub2", "hub3"]);
    expect(said).toEqual([
      "hub1: health: search: /api/search answers 500 instead of 200 (500 means no database)",
      "hub1: record hub.example.com A 192.0.2.11 (this node, which fails) is withdrawn",
    ]);
  });

  test("comes back when the node has passed three times in a row", async () => {
    host.records = ["hub2"];
    await host.look(2);
    expect(host.records).toEqual(["hub2"]);
    const { said } = await host.look();
    expect(host.records).toEqual(["hub1", "hub2"]);
    expect(said).toEqual(["hub1: record hub.example.com A 192.0.2.11 is published again"]);
  });

  test("does not come back by looks from before the host stood still", async () => {
    await host.look(3);
    host.records = ["hub2"];
    host.write("state/health", `ok 3 ${Math.floor(Date.now() / 1000) - 60}\n`);
    await host.look(2);
    expect(host.records).toEqual(["hub2"]);
    await host.look();
    expect(host.records).toEqual(["hub1", "hub2"]);
  });

  test("does not come back while what runs has not passed its start", async () => {
    host.records = ["hub2"];
    host.remove("opt/current");
    const { said } = await host.look(4);
    expect(host.records).toEqual(["hub2"]);
    expect(said).toEqual([expect.stringContaining("a change of this node was not completed")]);
  });

  test("does not come back without a lease", async () => {
    host.records = ["hub2"];
    host.redis.refusal = "OOM command not allowed";
    const { said } = await host.look(4);
    expect(host.records).toEqual(["hub2"]);
    expect(said).toEqual([expect.stringMatching(/^hub1: redis: no lease, .*: -OOM command/)]);
  });

  test.each([
    ["fail as well", () => ["hub2", "hub3"].forEach((n) => host.lease(n as "hub2", "failing "))],
    [
      "say they serve, but find nothing",
      () => (["hub2", "hub3"] as const).forEach((n) => host.search(n, 500)),
    ],
    ["have no lease", () => (["hub2", "hub3"] as const).forEach((n) => host.lease(n))],
    ["have no record but this node's", () => (host.records = ["hub1"])],
  ])("stays where the peers %s", async (_, arrange) => {
    host.search("hub1", 500);
    arrange();
    const before = host.records;
    await host.look(3);
    expect(host.records).toEqual(before);
  });

  test("goes without Redis, while a peer that has a record finds something", async () => {
    await host.redis.stop();
    host.search("hub1", 500);
    host.search("hub2", 500);
    host.search("hub3", 500);
    await host.look(2);
    expect(host.records).toEqual(ALL);
    host.search("hub3", 200);
    await host.look();
    expect(host.records).toEqual(["hub2", "hub3"]);
  });

  test("is not the last one to go when a peer's goes at the same moment", async () => {
    host.search("hub1", 500);
    await host.look();
    host.race(["hub1"]);
    await host.look();
    expect(host.records).toEqual(["hub1"]);
    expect(host.read("updates").match(/^update delete/gm)).toHaveLength(1);
  });

  test("goes by a second try where another one has gone at the same moment", async () => {
    host.search("hub1", 500);
    await host.look();
    host.race(["hub1", "hub3"]);
    await host.look();
    expect(host.records).toEqual(["hub3"]);
  });

  test("is left to the step that runs on the node; the node keeps its lease", async () => {
    const step = spawn("flock", [host.path("lock/harbor-ha.lock"), "sleep", "60"], {
      detached: true,
    });
    await once(step, "spawn");
    try {
      host.search("hub1", 500);
      // Until the step holds it, a look counts one failure at most.
      await host.look(3);
      expect([host.records, host.ownLease]).toEqual([ALL, "changing "]);
    } finally {
      process.kill(-step.pid!);
      await once(step, "close");
    }
    await host.look();
    expect(host.records).toEqual(ALL);
    await host.look();
    expect(host.records).toEqual(["hub2", "hub3"]);
  });

  test("goes, and does not come back, when the node was taken out of the cluster", async () => {
    host.remove("mount/.harbor-ha/nodes/hub1");
    host.lease("hub2");
    host.lease("hub3");
    const { said } = await host.look(5);
    expect(host.records).toEqual(["hub2", "hub3"]);
    expect(said).toEqual([
      "hub1: health: mount: this node's mark is gone, so it was taken out of the cluster",
      "hub1: record hub.example.com A 192.0.2.11 (this node, which is out of the cluster) is withdrawn",
    ]);
  });

  test("goes when the mount hangs, and the looks that hang do not pile up", async () => {
    host.write("hangs", "");
    const { said } = await host.look(4);
    expect(host.records).toEqual(["hub2", "hub3"]);
    expect(host.read("hanging").split("\n").filter(Boolean)).toHaveLength(1);
    expect(said[0]).toMatch(/^hub1: health: mount: .* does not answer$/);
  });
});

describe("a dead peer's record", () => {
  beforeEach(() => {
    host.lease("hub3");
    host.down("hub3");
  });

  test("goes when the majority of those with a lease does not reach it", async () => {
    host.lease("hub2", "ok hub3");
    const { said } = await host.look();
    expect(host.records).toEqual(["hub1", "hub2"]);
    expect(said).toEqual([
      "hub1: record hub.example.com A 192.0.2.13 (hub3, which is dead) is withdrawn",
    ]);
    expect(host.ownLease).toBe("ok hub3");
    expect((await host.look()).said).toEqual([]);
  });

  test("goes on a vote that comes while this node casts its own", async () => {
    host.redis.before = ([name]) => {
      if (name === "SET") host.lease("hub2", "ok hub3");
    };
    await host.look();
    expect(host.records).toEqual(["hub1", "hub2"]);
  });

  test.each([
    ["the other node reaches it", () => undefined],
    ["it holds a lease", () => (host.lease("hub2", "ok hub3"), host.lease("hub3", "ok "))],
    ["this node reaches it", () => (host.lease("hub2", "ok hub3"), host.down())],
    ["this node fails", () => (host.lease("hub2", "ok hub3"), host.search("hub1", 500))],
    ["this node has no lease", () => (host.lease("hub2", "ok hub3"), (host.redis.refusal = "OOM"))],
    ["it is the last one", () => (host.lease("hub2", "ok hub3"), (host.records = ["hub3"]))],
  ])("stays when %s", async (_, arrange) => {
    arrange();
    const before = host.records;
    await host.look();
    expect(host.records).toEqual(before);
  });

  test("that can't be withdrawn is said once", async () => {
    host.lease("hub2", "ok hub3");
    host.write("refuses", "");
    const { said } = await host.look(3);
    host.remove("refuses");
    expect(said).toEqual([
      "hub1: dns: the record hub.example.com A 192.0.2.13 (hub3, which is dead) can't be withdrawn: update failed: REFUSED",
    ]);
    expect((await host.look()).said).toEqual([
      "hub1: record hub.example.com A 192.0.2.13 (hub3, which is dead) is withdrawn",
      "hub1: dns-hub3: in order again",
    ]);
  });

  test("goes with another dead peer's, when one node of three is left", async () => {
    host.lease("hub2");
    host.down("hub2", "hub3");
    await host.look();
    expect(host.records).toEqual(["hub1"]);
  });
});

test("leases are in the database and for the seconds that were meant", async () => {
  await host.look();
  expect(host.redis.commands).toEqual([
    ["SELECT", "3"],
    ["MGET", "harbor-ha:id:hub2", "harbor-ha:id:hub3"],
    ["SET", "harbor-ha:id:hub1", "ok ", "EX", "6"],
  ]);
});

test("no secret is seen in a command line or in what is said", async () => {
  host.search("hub1", 500);
  await host.look();
  const { commandLines, stderr } = await host.look();
  expect(host.read("updates")).toContain(`key hmac-sha256:harbor ${SECRETS.tsig}`);
  expect(commandLines.size).toBeGreaterThan(0);
  for (const secret of [SECRETS.tsig, SECRETS.redis_password]) {
    for (const line of [...commandLines, stderr]) expect(line).not.toContain(secret);
  }
});
