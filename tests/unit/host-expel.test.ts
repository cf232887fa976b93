import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partsOf, shellFile } from "../../host/script";
import { DNS_ENVIRONMENT, digAnswer } from "./fixtures/dig-answer";
import { secretLines, shell } from "./fixtures/shell";

const GONE = "192.0.2.13";
const OTHER = "192.0.2.11";

let folder: string;
const path = (name: string) => join(folder, name);
const tool = (name: string, text: string) =>
  writeFileSync(path(`bin/${name}`), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-expel-"));
  for (const name of ["bin", "harbor/current", "mount/.harbor-ha/nodes"]) {
    mkdirSync(path(name), { recursive: true });
  }
  for (const name of ["hub1", "hub3", ".harbor-ha.hub3"]) {
    writeFileSync(path(`mount/.harbor-ha/nodes/${name}`), "cluster\n");
  }
  tool("mountpoint", "exit 0");
  tool("nsupdate", `cat >>${path("update")}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const expel = (
  addresses: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) => {
  tool("dig", digAnswer(`printf '%s\\n' ${addresses.join(" ")}`));
  return shell({
    parts: partsOf("expel").slice(0, -1),
    text: shellFile("expel"),
    input: secretLines({ tsig: "Secret-tsig" }),
    environment: {
      PATH: `${path("bin")}:${process.env["PATH"]}`,
      CLUSTER: "harbor-ha/prod hub.example.com",
      LEAVING: "hub3",
      ADDRESS: GONE,
      INSTALL_DIR: path("harbor"),
      MOUNT_POINT: path("mount"),
      ...DNS_ENVIRONMENT,
      ...environment,
    },
    paths: {
      "/run/lock/harbor-ha.lock": path("lock"),
      "/var/lib/harbor-ha": path("state"),
      "/etc/fstab": path("fstab"),
    },
  });
};
const update = () => (existsSync(path("update")) ? readFileSync(path("update"), "utf8") : "");
const marks = () => readdirSync(path("mount/.harbor-ha/nodes"));
const WITHDRAWS = `\nupdate delete hub.example.com. A ${GONE}\nsend\n`;

test("the record and the marks of a node that is gone go, those of others stay", async () => {
  expect(await expel([OTHER, GONE])).toMatchObject({
    status: 0,
    stdout: "its record is withdrawn\n",
    stderr: "",
  });
  expect(update()).toContain(WITHDRAWS);
  expect(update()).toContain(`prereq yxrrset hub.example.com. A ${OTHER}\n`);
  expect(marks()).toEqual(["hub1"]);
});

test("what is gone already is passed over", async () => {
  expect(await expel([OTHER])).toMatchObject({ status: 0, stdout: "its record is withdrawn\n" });
  expect(update()).toBe("");
});

test("a node that serves doesn't empty the name", async () => {
  const { status, stdout, stderr } = await expel([GONE]);
  expect({ status, stdout, update: update() }).toEqual({ status: 1, stdout: "", update: "" });
  expect(stderr).toMatch(/^hub1: the record of hub3 is the last one .* run again\n$/);
});

test("one that leaves as well takes the last record along", async () => {
  rmSync(path("harbor/current"), { recursive: true });
  expect(await expel([GONE])).toMatchObject({ status: 0, stdout: "its record is withdrawn\n" });
  expect(update()).toContain(WITHDRAWS);
});

test("a server that refuses is an error that says why", async () => {
  tool("nsupdate", "echo 'update failed: REFUSED'; exit 2");
  const { status, stdout, stderr } = await expel([OTHER, GONE]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^hub1: the record .* cannot be withdrawn \(dns\.server.*REFUSED\n$/);
});

test("without a mount, the mark that stays is said", async () => {
  tool("mountpoint", "exit 1");
  const { status, stderr } = await expel([OTHER, GONE]);
  expect(status).toBe(0);
  expect(stderr).toMatch(/the mark of hub3 stays on the file system/);
  expect(marks()).toContain("hub3");
});

test("where somebody else keeps the records, it is said which one goes", async () => {
  expect(await expel([], { DNS_PROVIDER: "manual" })).toMatchObject({
    status: 0,
    stdout: `its record is for you to take away: hub.example.com A ${GONE}\n`,
  });
  expect([update(), marks()]).toEqual(["", ["hub1"]]);
});
