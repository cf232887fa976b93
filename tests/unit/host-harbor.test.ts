import { HarborHost } from "./fixtures/harbor-host";

const RELEASE = { log: "log1", registry: "registry1", ui: "ui1", jobservice: "job1", proxy: "p1" };

let host: HarborHost;
let end: () => Promise<void>;
beforeEach(async () => {
  ({ host, end } = await HarborHost.start());
  host.stage("a", RELEASE);
  host.point("a");
});
afterEach(() => end());

/** Starts everything, and forgets how. */
async function up() {
  expect(await host.harbor("up")).toMatchObject({ status: 0 });
  return host.events();
}

test.each(["docker-compose", "the compose plugin"])(
  "%s starts the log service first and the proxy last",
  async (which) => {
    if (which !== "docker-compose") host.write("plugin", "");
    expect(await up()).toEqual(Object.keys(RELEASE).map((service) => `created ${service}`));
  },
);

test("nothing is restarted where nothing changed", async () => {
  await up();
  expect(await up()).toEqual([]);
  expect(await host.harbor("stale")).toMatchObject({ status: 1 });
});

test("a change of the proxy alone recreates the proxy alone", async () => {
  await up();
  host.stage("b", { ...RELEASE, proxy: "p2" });
  host.point("b");
  expect(await up()).toEqual(["recreated proxy"]);
});

test("a change of what the proxy does not ask leaves the proxy alone", async () => {
  await up();
  host.stage("b", { ...RELEASE, jobservice: "job2" });
  host.point("b");
  expect(await up()).toEqual(["recreated jobservice"]);
});

test("drain stops the proxy alone, within the time that is given", async () => {
  await up();
  expect(await host.harbor("drain 45")).toMatchObject({ status: 0 });
  expect(await host.harbor("drain")).toMatchObject({ status: 0 });
  expect(host.events()).toEqual(["stopped proxy within 45 s of a"]);
  expect(await up()).toEqual(["started proxy"]);
  await host.harbor("drain");
  expect(host.events()).toEqual(["stopped proxy within 30 s of a"]);
});

test("the proxy is drained though its release is gone", async () => {
  await up();
  host.remove("opt/releases");
  expect(await host.harbor("drain")).toMatchObject({ status: 0 });
  expect(host.running).not.toHaveProperty("proxy");
});

test("a proxy that was started before what it passes requests to is started anew", async () => {
  await up();
  // As docker does after a crash, and at a boot.
  host.write("containers/registry", "registry1 running 2026-01-01T00:00:01Z\n");
  expect(await host.harbor("stale")).toMatchObject({ status: 0 });
  expect(await up()).toEqual(["stopped proxy within 5 s of a", "started proxy"]);
});

test("times of more and of fewer digits are compared rightly", async () => {
  await up();
  host.write("containers/proxy", "p1 running 2026-01-01T00:00:02.58Z\n");
  for (const [time, status] of [
    ["02.584", 0],
    ["02.579", 1],
    ["02", 1],
  ] as const) {
    host.write("containers/ui", `ui1 running 2026-01-01T00:00:${time}Z\n`);
    expect(await host.harbor("stale")).toMatchObject({ status });
  }
});

test("the proxy waits for a service that does not answer, but not for ever", async () => {
  // Nobody listens on port 1, nor on what is no service of the release.
  host.stage("a", RELEASE, 1);
  const began = Date.now();
  const { status, stderr } = await host.harbor("up", { UPSTREAM_TIMEOUT: "2" });
  expect(Date.now() - began).toBeGreaterThan(1000);
  expect(status).toBe(0);
  expect(stderr).toContain("ui does not answer on port 1; the proxy is started without it\n");
  expect(stderr).not.toContain("elsewhere");
  expect(host.running).toEqual(RELEASE);
});

test("stop and down stop the proxy first", async () => {
  await up();
  await host.harbor("stop");
  expect(host.events()[0]).toBe("stopped proxy within 5 s of a");
  expect(host.running).toEqual({});
  await up();
  await host.harbor("down");
  expect(host.events()[0]).toBe("stopped proxy within 5 s of a");
  expect(await up()).toEqual(Object.keys(RELEASE).map((service) => `created ${service}`));
});

test("a failure of docker-compose is one of harbor.sh, and starts no proxy", async () => {
  host.stage("a", { ...RELEASE, ui: "broken" });
  const { status, stderr } = await host.harbor("up");
  expect(status).toBe(1);
  expect(stderr).toContain("cannot create a container for ui");
  expect(host.running).toEqual({ log: "log1", registry: "registry1" });
});

test("what it does not know it says", async () => {
  expect(await host.harbor("restart")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("usage: ") as string,
  });
});
