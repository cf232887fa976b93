import { HarborHost } from "./fixtures/harbor-host";

const RELEASE = { log: "log1", registry: "registry1", ui: "ui1", jobservice: "job1", proxy: "p1" };

/** Another setting of the ui, which the proxy passes requests to. */
const CHANGED = { ...RELEASE, ui: "ui2", proxy: "p2" };
const ON_AGAIN =
  "correct the cause and run again, or go back by a run with the settings of before\n";

/** How every start ends that succeeds. */
const PASSED = ["passed the gate", "published the record", "installed the health timer"];

let host: HarborHost;
let end: () => Promise<void>;
beforeEach(async () => {
  ({ host, end } = await HarborHost.start());
  host.stage("a", RELEASE);
  host.stage("b", CHANGED);
});
afterEach(() => end());

/** Has the node run the first release, and forgets how. */
async function running() {
  expect(await host.startRelease("a")).toMatchObject({ status: 0 });
  return host.events();
}

test("a first start takes nothing out of service", async () => {
  const { status, stderr } = await host.startRelease("a");
  expect(status).toBe(0);
  expect(host.events()).toEqual([
    ...Object.keys(RELEASE).map((service) => `created ${service}`),
    ...PASSED,
  ]);
  expect(stderr).not.toContain("out of service");
  expect(host.read("mount/.harbor-ha/nodes/hub1")).toBe("cluster\nkey\n");
});

test("a node that runs the release is left as it is", async () => {
  await running();
  expect(await host.startRelease("a")).toMatchObject({ status: 0 });
  expect(host.events()).toEqual(PASSED);
});

test("another release: record, proxy, current, what changed, proxy, gate, record", async () => {
  await running();
  const { status, stderr } = await host.startRelease("b");
  expect(status).toBe(0);
  expect(host.events()).toEqual([
    "withdrew the record, keep-last",
    "stopped proxy within 45 s of a",
    "recreated ui",
    "recreated proxy",
    ...PASSED,
  ]);
  expect(host.current).toBe("b");
  expect(stderr).toMatch(/^hub1: was out of service for \d+ s$/m);
});

test("what changes no container takes nothing out of service", async () => {
  await running();
  host.stage("c", RELEASE);
  await host.startRelease("c");
  expect(host.events()).toEqual(PASSED);
  expect(host.current).toBe("c");
});

test("a proxy that has to look its upstreams up again is drained for it", async () => {
  await running();
  host.write("containers/ui", "ui1 running 2026-01-01T00:00:09Z\n");
  await host.startRelease("a");
  expect(host.events()).toEqual([
    "withdrew the record, keep-last",
    "stopped proxy within 45 s of a",
    "started proxy",
    ...PASSED,
  ]);
});

test("docker's proxy settings: the proxy is drained before docker is restarted, and after", async () => {
  await running();
  host.write("etc/harbor-ha/docker-proxy.env", "HARBOR_HA_PROXY=1\n");
  expect(await host.startRelease("b")).toMatchObject({ status: 0 });
  const events = host.events();
  expect(events.slice(0, 2)).toEqual([
    "withdrew the record, keep-last",
    "stopped proxy within 45 s of a",
  ]);
  // Docker starts the earlier release, under its own name.
  expect(events.indexOf("stopped ui")).toBeLessThan(events.indexOf("restarted docker"));
  expect(events.slice(events.indexOf("restarted docker"))).toEqual([
    "restarted docker",
    ...["jobservice", "log", "proxy", "registry", "ui"].map((service) => `started ${service}`),
    "stopped proxy within 45 s of a",
    "recreated ui",
    "recreated proxy",
    ...PASSED,
  ]);
});

test("docker that has its proxy settings already is no reason for anything", async () => {
  host.write("etc/harbor-ha/docker-proxy.env", "HARBOR_HA_PROXY=1\n");
  host.write("proc/42/environ", "PATH=/bin\0HARBOR_HA_PROXY=1\0");
  await running();
  await host.startRelease("a");
  expect(host.events()).toEqual(PASSED);
});

test("a release that cannot be compared with what runs counts as a change", async () => {
  await running();
  host.write("hash-fails", "");
  await host.startRelease("a");
  expect(host.events()).toEqual([
    "withdrew the record, keep-last",
    "stopped proxy within 45 s of a",
    "started proxy",
    ...PASSED,
  ]);
});

describe("a gate that fails", () => {
  test("leaves the new release running and the record away, and says how to go on", async () => {
    await running();
    host.write("gate-fails", "");
    const { status, stderr } = await host.startRelease("b");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "hub1: the health gate failed after 300 s: search: no database\n" +
        `hub1: the node is out of the round robin, the other nodes serve as before: ${ON_AGAIN}`,
    );
    expect([host.current, host.running, host.read("record")]).toEqual(["b", CHANGED, undefined]);
  });

  test("is passed by the next run, which restarts nothing again", async () => {
    await running();
    host.write("gate-fails", "");
    await host.startRelease("b");
    host.events();
    host.remove("gate-fails");
    expect(await host.startRelease("b")).toMatchObject({ status: 0 });
    expect(host.events()).toEqual(PASSED);
  });

  test("lets the settings of before go back", async () => {
    await running();
    host.write("gate-fails", "");
    await host.startRelease("b");
    host.remove("gate-fails");
    expect(await host.startRelease("a")).toMatchObject({ status: 0 });
    expect([host.current, host.running]).toEqual(["a", RELEASE]);
    expect(host.read("record")).toBe("");
  });

  test.each([
    ["a record that is still there", {}, "the node's record is still there, the other nodes"],
    ["records kept by hand", { DNS_PROVIDER: "manual" }, "keep the node's record away, the other"],
    ["a node alone", { PEERS: "" }, "the node's record is still there: correct"],
  ])("says what is so with %s", async (_, parameters, words) => {
    await running();
    host.write("gate-fails", "");
    const { stderr } = await host.startRelease("a", { parameters });
    expect(stderr).toContain(words);
    expect(host.events()).toEqual([]);
  });
});

describe("a release that does not start", () => {
  test("gives way to the one before, without a record, and the reason is shown", async () => {
    await running();
    host.stage("c", { ...CHANGED, jobservice: "broken" });
    const { status, stderr } = await host.startRelease("c");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "hub1:   what [database] says\n" +
        "hub1: Harbor does not start; the lines above are harbor.service's\n",
    );
    expect(stderr).toContain(
      `hub1: what ran before is started again\nhub1: the node is out of the round robin, the other nodes serve as before: ${ON_AGAIN}`,
    );
    expect([host.current, host.running, host.read("record")]).toEqual(["a", RELEASE, undefined]);
  });

  test("is tried again by the next run", async () => {
    await running();
    host.stage("c", { ...CHANGED, jobservice: "broken" });
    await host.startRelease("c");
    host.stage("c", CHANGED);
    host.events();
    await host.startRelease("c");
    expect(host.events()).toContain("recreated ui");
    expect([host.current, host.running]).toEqual(["c", CHANGED]);
  });

  test("is said where the one before does not start either", async () => {
    await running();
    host.stage("a", { ...RELEASE, ui: "broken" });
    host.stage("c", { ...CHANGED, ui: "broken" });
    const { stderr } = await host.startRelease("c");
    expect(stderr).toContain("hub1: what ran before cannot be started again\n");
  });
});

describe("a run that is ended once the proxy is drained", () => {
  const DRAINED = ["withdrew the record, keep-last", "stopped proxy within 45 s of a"];

  test.each([
    ["by a signal", "HUP"],
    ["at once", "KILL"],
  ])("%s: the next one converges", async (_, signal) => {
    await running();
    host.write("ends", signal);
    expect(await host.startRelease("b")).toMatchObject({ status: null });
    expect(host.events().slice(0, 2)).toEqual(DRAINED);
    expect(await host.startRelease("b")).toMatchObject({ status: 0 });
    expect(host.events().slice(-5)).toEqual(["recreated ui", "recreated proxy", ...PASSED]);
    expect([host.current, host.running]).toEqual(["b", CHANGED]);
  });

  test("at once: going back needs no more than the proxy", async () => {
    await running();
    host.write("ends", "KILL");
    await host.startRelease("b");
    host.events();
    expect(await host.startRelease("a")).toMatchObject({ status: 0 });
    expect(host.events()).toEqual(["started proxy", ...PASSED]);
    expect([host.current, host.running]).toEqual(["a", RELEASE]);
  });

  test.each([
    ["a signal", (): string => (host.write("ends", "TERM"), "")],
    [
      "a connection that is lost, and with it who reads its next line",
      () => "say() { [[ $* != starting* ]] || kill -PIPE $$; }",
    ],
  ])("by %s: what ran before is started again", async (_, prepare) => {
    await running();
    await host.startRelease("b", { before: prepare() });
    expect(host.events()).toEqual([...DRAINED, "started proxy"]);
    expect([host.current, host.running, host.read("record")]).toEqual(["a", RELEASE, undefined]);
  });

  test("by docker that does not start: the reason, and what is so", async () => {
    await running();
    host.write("etc/harbor-ha/docker-proxy.env", "HARBOR_HA_PROXY=1\n");
    host.write("docker-fails", "");
    const { status, stderr } = await host.startRelease("b");
    expect(status).toBe(1);
    expect(stderr).toContain(
      "docker does not start again; see journalctl -u docker, correct that and run again\n",
    );
    expect(stderr).toContain(ON_AGAIN);
    expect([host.current, host.running]).toEqual(["a", RELEASE]);
  });
});
