import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { type DockerProxy, dockerProxyFile } from "../../host/docker-proxy";
import { shellFile } from "../../host/script";
import { shell } from "./fixtures/shell";

const PROXY: DockerProxy = {
  http: "http://harbor:Secret-proxy@proxy.example.com:3128",
  https: "http://harbor:Secret-proxy@proxy.example.com:3128",
  noProxy: "localhost,hub.example.com",
};
const OTHER: DockerProxy = { http: "http://other.example.com:3128", noProxy: "localhost" };

describe("the environment file", () => {
  test("is for root alone, and says what docker knows", () => {
    expect(dockerProxyFile(PROXY)).toEqual({
      path: "/etc/harbor-ha/docker-proxy.env",
      mode: 0o600,
      content: expect.stringMatching(
        new RegExp(
          `^HTTP_PROXY="${PROXY.http}"\nHTTPS_PROXY="${PROXY.https}"\n` +
            `NO_PROXY="localhost,hub.example.com"\nHARBOR_HA_PROXY=[0-9a-f]{16}\n$`,
        ),
      ) as string,
    });
    expect(dockerProxyFile(OTHER).content).not.toContain("HTTPS_PROXY");
  });

  test("has another sum for other settings, and the same for the same", () => {
    const sum = (proxy: DockerProxy) => /HARBOR_HA_PROXY=(.*)/.exec(dockerProxyFile(proxy).content);
    expect(sum(PROXY)).toEqual(sum({ ...PROXY }));
    expect(sum(PROXY)?.[1]).not.toBe(sum({ ...PROXY, noProxy: "localhost" })?.[1]);
  });

  test("is read as a shell reads it, whatever a value holds", () => {
    const value = fc.string({ unit: fc.constantFrom(..."ab1 \\\"'`$#;%=!{}@:") });
    fc.assert(
      fc.property(value, (http) => {
        fc.pre(http !== "");
        const { content } = dockerProxyFile({ http, noProxy: "x" });
        const read = execFileSync("sh", ["-c", `${content}printf %s "$HTTP_PROXY"`]);
        expect(read.toString()).toBe(http);
      }),
      { numRuns: 50 },
    );
  });
});

/** Where the scripts look, and what takes its place. */
const PLACES = ["/etc/", "/proc/", "/run/lock/", "/var/lib/harbor-ha"];

/** Starts docker as systemd does: with the environment file, where a drop-in names it. */
const SYSTEMCTL = `#!/usr/bin/env bash
root=$(dirname "$0")/..
echo "systemctl $*" >>"$root/calls"
case "$*" in
  "show -p MainPID docker.service") echo "MainPID=$(cat "$root/pid")" ;;
  "is-active -q harbor.service") [[ -e $root/harbor-runs ]] ;;
  "stop harbor.service") rm "$root/harbor-runs" ;;
  "restart docker.service")
    file=$(sed -n 's/^EnvironmentFile=-//p' "$root"/etc/systemd/system/docker.service.d/*proxy.conf 2>/dev/null)
    sed 's/"//g' "$file" 2>/dev/null | tr '\\n' '\\0' >"$root/proc/42/environ" ;;
esac
`;
const DOCKER = `#!/usr/bin/env bash
root=$(dirname "$0")/..
case "$*" in
  "compose version") ;;
  "compose "*) [[ ! -e $root/compose-fails ]] ;;
  "ps -q") cat "$root/containers" "$root/others" ;;
  "ps -q --filter label=com.docker.compose.project=harbor"*) cat "$root/containers" ;;
esac
`;

let folder: string;
const path = (...parts: string[]) => join(folder, ...parts);
const FILE = "etc/harbor-ha/docker-proxy.env";
const DROP_IN = "etc/systemd/system/docker.service.d/harbor-ha-proxy.conf";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-docker-proxy-"));
  const write = (name: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text, { mode });
  };
  write("bin/systemctl", SYSTEMCTL, 0o755);
  write("bin/docker", DOCKER, 0o755);
  write("bin/findmnt", "#!/bin/sh\necho ceph\n", 0o755);
  for (const name of ["mountpoint", "mount.ceph", "umount", "curl"]) {
    write(`bin/${name}`, "#!/bin/sh\nexit 0\n", 0o755);
  }
  for (const name of ["calls", "containers", "others", "etc/fstab", "run/lock/x", "mount/x"]) {
    write(name, "");
  }
  write("proc/42/environ", "PATH=/bin\0");
  write("pid", "42\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const calls = () => readFileSync(path("calls"), "utf8").split("\n");
const restarts = () => calls().filter((call) => call.includes("restart"));
const running = () => readFileSync(path("proc/42/environ"), "utf8");

/** Runs a step; its files land below the test's folder, as every path does. */
async function run(
  step: string,
  parts: readonly string[],
  environment: Readonly<Record<string, string>>,
  input = "",
  before = "",
) {
  const result = await shell({
    parts: ["prelude", "docker-proxy", ...parts],
    text: `${before}${shellFile(step)}`,
    input,
    environment: {
      PATH: `${path("bin")}:${process.env["PATH"]}`,
      PROJECT: "harbor",
      MOUNT_POINT: path("mount"),
      STATE_DIR: path("state"),
      CLUSTER: "cluster",
      PREDECESSOR: "",
      INSTALL_DIR: path("opt"),
      ...environment,
    },
    paths: Object.fromEntries(PLACES.map((place) => [place, `${folder}${place}`])),
  });
  expect(result.stderr).not.toContain("Secret-proxy");
  for (const line of result.commandLines) expect(line).not.toContain("Secret-proxy");
  return result;
}

function mount(proxy?: DockerProxy) {
  const content = proxy ? dockerProxyFile(proxy).content : "";
  return run(
    "mount",
    ["packages", "fstab-mark", "host-owner", "fstab"],
    {
      DATA_DIRECTORY: "data",
      DRIVER: "kernel",
      DNS_PROVIDER: "manual",
      FSTAB_LINE: `ceph:/ ${path("mount")} ceph x 0 0`,
      IS_CARRIER: "false",
      INSTALL_PACKAGES: "false",
      DOCKER_PROXY: String(proxy !== undefined),
    },
    proxy ? `file 0600 ${path(FILE)} ${content.length}\n${content}\n` : "",
  );
}

describe("mounting", () => {
  test("brings docker its settings, for root alone, and a second run does nothing", async () => {
    expect(await mount(PROXY)).toMatchObject({ status: 0 });
    expect(readFileSync(path(FILE), "utf8")).toBe(dockerProxyFile(PROXY).content);
    expect(statSync(path(FILE)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path(DROP_IN), "utf8")).toContain(
      `[Service]\nEnvironmentFile=-${path(FILE)}\n`,
    );
    expect(running()).toContain(`HTTP_PROXY=${PROXY.http}`);
    expect(restarts()).toEqual(["systemctl restart docker.service"]);
    expect(calls().lastIndexOf("systemctl daemon-reload")).toBeLessThan(
      calls().indexOf("systemctl restart docker.service"),
    );
    await mount(PROXY);
    expect(restarts()).toHaveLength(1);
  });

  test("restarts docker for other settings, and for none", async () => {
    await mount(PROXY);
    await mount(OTHER);
    expect(running()).toContain("HTTP_PROXY=http://other.example.com:3128");
    expect(await mount()).toMatchObject({ status: 0 });
    expect(restarts()).toHaveLength(3);
    expect([existsSync(path(FILE)), existsSync(path(DROP_IN))]).toEqual([false, false]);
    expect(running()).not.toContain("PROXY");
  });

  test("without settings it leaves docker alone, and a proxy that is not ours", async () => {
    writeFileSync(path("proc/42/environ"), "HTTP_PROXY=http://own.example.com\0");
    await mount();
    expect(restarts()).toEqual([]);
  });

  test.each([["containers"], ["harbor-runs"]])(
    "leaves a docker that serves clients to the node's next start: %s",
    async (sign) => {
      writeFileSync(path(sign), "0123456789ab\n");
      const { status, stderr } = await mount(PROXY);
      expect(status).toBe(0);
      expect(stderr).toContain("docker takes its new proxy settings with the next start");
      expect(restarts()).toEqual([]);
    },
  );

  test("a docker that does not run takes them by itself", async () => {
    writeFileSync(path("pid"), "0\n");
    await mount(PROXY);
    expect(restarts()).toEqual([]);
  });

  test("a docker that comes back without them is an error", async () => {
    const program = SYSTEMCTL.replace(/file=.*\n.*environ" ;;/, "true ;;");
    writeFileSync(path("bin/systemctl"), program);
    const { status, stderr } = await mount(PROXY);
    expect(status).toBe(1);
    expect(stderr).toContain("docker was restarted, but runs with other proxy settings than");
  });
});

describe("unmounting", () => {
  const unmount = () => run("unmount", ["fstab-mark", "host-owner", "fstab"], { CLIENT_FILES: "" });

  test("takes the settings away, and docker forgets them", async () => {
    await mount(PROXY);
    writeFileSync(path("etc/harbor-ha/.harbor-ha.docker-proxy.env"), "of a killed run");
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(existsSync(dirname(path(FILE)))).toBe(false);
    expect(existsSync(dirname(path(DROP_IN)))).toBe(false);
    expect(running()).not.toContain("PROXY");
    expect(restarts()).toHaveLength(2);
  });

  test("restarts no docker that runs somebody's containers, and says so", async () => {
    await mount(PROXY);
    writeFileSync(path("others"), "0123456789ab\n");
    const { status, stderr } = await unmount();
    expect(status).toBe(0);
    expect(stderr).toContain("docker keeps its proxy settings until it is restarted");
    expect(existsSync(path(FILE))).toBe(false);
    expect(restarts()).toHaveLength(1);
  });

  test("restarts nothing where there were none", async () => {
    await unmount();
    expect(restarts()).toEqual([]);
  });
});
