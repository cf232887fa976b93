import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Step, partsOf, shellFile } from "../../host/script";
import { functionsOf, secretLines, shell } from "./fixtures/shell";

/* Whose node a host is, and what steps of another stack do about it. */

const OURS = "harbor-ha/staging hub-staging.example.com";
const PROD = "harbor-ha/prod hub.example.com";

let folder: string;
const path = (name = "") => join(folder, name);
const mark = () =>
  existsSync(path("state/cluster")) ? readFileSync(path("state/cluster"), "utf8") : "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-owner-"));
  for (const name of ["bin", "state", "opt/releases", "mount/.harbor-ha/nodes"]) {
    mkdirSync(path(name), { recursive: true });
  }
  // Whatever a step would do to the host is written down.
  for (const name of [
    "systemctl",
    "mountpoint",
    "umount",
    "chattr",
    "docker",
    "dig",
    "nsupdate",
    "apt-get",
    "dpkg",
  ]) {
    writeFileSync(path(`bin/${name}`), `#!/bin/sh\necho "${name} $*" >>${path("calls")}\n`, {
      mode: 0o755,
    });
  }
  writeFileSync(path("fstab"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (
  parts: readonly string[],
  text: string,
  environment: Readonly<Record<string, string>> = {},
) =>
  shell({
    parts,
    text,
    input: secretLines({
      release_digest: "d1",
      keypair: "key",
      tsig: "c2VjcmV0",
      secretkey: "0123456789abcdef",
    }),
    environment: {
      PATH: `${path("bin")}:${process.env["PATH"]}`,
      ...{
        CLUSTER: OURS,
        PREDECESSOR: "",
        PROJECT: "harbor",
        CLIENT_FILES: "",
        DRAIN_TIMEOUT: "1",
        DATA_DIRECTORY: "data",
      },
      ...{ MOUNT_POINT: path("mount"), STATE_DIR: path("state"), INSTALL_DIR: path("opt") },
      ...{
        DNS_PROVIDER: "rfc2136",
        DOMAIN: "hub.example.com",
        ADDRESS: "192.0.2.1",
        LEAVING: "hub3",
      },
      ...environment,
    },
    paths: {
      "/run/lock/harbor-ha.lock": path("lock"),
      "/var/lib/harbor-ha": path("state"),
      "/etc/": path("etc/"),
      [path("etc/fstab")]: path("fstab"),
    },
  });

const owner = async (environment: Readonly<Record<string, string>> = {}) =>
  (await run(["prelude", "fstab-mark", "host-owner"], "host_owner", environment)).stdout;

/** Runs a whole step. */
const step = (name: Step, environment: Readonly<Record<string, string>> = {}) =>
  run(partsOf(name).slice(0, -1), shellFile(name), environment);

/** A node that a version without a mark on the host has deployed. */
function deployedBefore(cluster: string, ...nodes: string[]): void {
  writeFileSync(
    path("fstab"),
    `# harbor-ha: the line below is managed\nceph:/ ${path("mount")} ceph x 0 0\nceph:/ /srv ceph x 0 0\n`,
  );
  for (const node of nodes)
    writeFileSync(path(`mount/.harbor-ha/nodes/${node}`), `${cluster}\nkeypair\n`);
}

const preflight = (predecessor = "") =>
  run(
    ["prelude", "fstab-mark", "host-owner"],
    `${functionsOf("preflight")}\ncheck_owner\nexit "$problems"`,
    { PREDECESSOR: predecessor },
  );

describe("the mark of a host", () => {
  test("is written for root alone, and taken away with what a killed run left", async () => {
    await run(["prelude", "fstab-mark", "host-owner"], "claim_host");
    expect(mark()).toBe(`${OURS}\n`);
    expect(statSync(path("state/cluster")).mode & 0o777).toBe(0o600);
    expect(await owner()).toBe(`${OURS}\n`);
    writeFileSync(path("state/.harbor-ha.cluster"), "");
    await run(["prelude", "fstab-mark", "host-owner"], "release_host");
    expect(readdirSync(path("state"))).toEqual([]);
  });

  test("of a host that is no node there is none", async () => {
    expect(await owner()).toBe("");
    rmSync(path("fstab"));
    expect(await owner()).toBe("");
  });

  test("of a node that an earlier version has deployed is the one on its file system, the node's own first", async () => {
    deployedBefore(PROD, "hub9");
    expect(await owner()).toBe(`${PROD}\n`);
    writeFileSync(path("mount/.harbor-ha/nodes/hub1"), `${OURS}\n`);
    writeFileSync(path("mount/.harbor-ha/nodes/a"), `${PROD}\n`);
    expect(await owner()).toBe(`${OURS}\n`);
  });
});

describe("the preflight", () => {
  test("takes a host that is nobody's, and this stack's own, whatever its hostname was", async () => {
    expect(await preflight()).toMatchObject({
      status: 0,
      stderr: "hub1: ok       node: of no other stack\n",
    });
    writeFileSync(path("state/cluster"), "harbor-ha/staging old.example.com\n");
    expect(await preflight()).toMatchObject({ status: 0 });
  });

  test.each([
    ["marked", () => writeFileSync(path("state/cluster"), `${PROD}\n`)],
    ["deployed by an earlier version", () => deployedBefore(PROD, "hub1", "hub2")],
  ])("refuses a node of another stack, %s, and says which and what to do", async (_, make) => {
    make();
    const { status, stderr } = await preflight();
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^hub1: PROBLEM {2}node: this host is a node of harbor-ha\/prod \(hub\.example\.com\) already, .*\(nodes\), .*: pulumi config set predecessor harbor-ha\/prod, see "What two stacks may not share" in docs\/environments\.md\n$/,
    );
  });

  test("takes the predecessor's, and no one else's", async () => {
    writeFileSync(path("state/cluster"), `${PROD}\n`);
    expect(await preflight("harbor-ha/prod")).toMatchObject({ status: 0 });
    expect(await preflight("harbor-ha/pro")).toMatchObject({ status: 1 });
  });
});

describe("on a node of another stack", () => {
  beforeEach(() => writeFileSync(path("state/cluster"), `${PROD}\n`));
  const untouched = () => expect([existsSync(path("calls")), mark()]).toEqual([false, `${PROD}\n`]);

  test.each(["mount", "stage", "start"] as const)(
    "%s is refused before it changes anything",
    async (name) => {
      const { status, stderr } = await step(name);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^hub1: this host is a node of harbor-ha\/prod \(hub\.example\.com\) already/,
      );
      untouched();
    },
  );

  test.each(["stop", "unstage", "unmount"] as const)("%s leaves it as it is", async (name) => {
    const { status, stderr } = await step(name);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: "hub1: is a node of harbor-ha/prod (hub.example.com) by now: left as it is\n",
    });
    untouched();
    expect(existsSync(path("opt/releases"))).toBe(true);
  });

  test("expel leaves marks and records alone, and says so", async () => {
    writeFileSync(path("mount/.harbor-ha/nodes/hub3"), `${PROD}\n`);
    const { status, stdout } = await step("expel");
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        "its record was left alone, as the node that was asked is one of harbor-ha/prod (hub.example.com) by now\n",
    });
    untouched();
    expect(readdirSync(path("mount/.harbor-ha/nodes"))).toEqual(["hub3"]);
  });

  test("a predecessor's becomes this stack's by the mount", async () => {
    const { stderr } = await step("mount", {
      PREDECESSOR: "harbor-ha/prod",
      INSTALL_PACKAGES: "false",
      DRIVER: "kernel",
      DNS_PROVIDER: "manual",
    });
    expect(stderr).not.toContain("already");
    expect(mark()).toBe(`${OURS}\n`);
  });
});

test("a node that leaves takes its mark along, also where another program keeps the mount", async () => {
  const unmount = async (umount: string) => {
    writeFileSync(path("state/cluster"), `${OURS}\n`);
    writeFileSync(path("bin/umount"), `#!/bin/sh\n${umount}\n`, { mode: 0o755 });
    const { status } = await step("unmount");
    return { status, mark: mark() };
  };
  expect(await unmount("exit 1")).toEqual({ status: 0, mark: "" });
  expect(await unmount("exit 0")).toEqual({ status: 0, mark: "" });
});
