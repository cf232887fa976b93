import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { standardInput } from "../../host/command";
import { partsOf, scriptOf } from "../../host/script";
import { shell } from "./fixtures/shell";

/* The step on a node in a folder, whose docker, curl and harbor.sh do as they are told. */

const DOCKER = `#!/bin/bash
host=\${0%/*}/..
case $* in
  ps*) service=\${!#}; service=\${service##*=}; [[ ! -e $host/proc/$service ]] || echo "$service" ;;
  inspect*) echo "\${!#}" ;;
esac
`;
/** The registry takes tokens at the second try after the start. */
const CURL = `#!/bin/bash
host=\${0%/*}/..
[[ -e $host/up ]] || exit 7
case $* in
  *service/token*) echo '{"token": "Secret-token"}' ;;
  */v2/*) [[ -e $host/tried ]] && printf 200 || { touch "$host/tried"; printf 401; } ;;
  *api/search*) printf 200 ;;
esac
`;
const HARBOR = `#!/bin/bash
host=$0; host=\${host%/opt/*}
echo "$* $(readlink "$host/opt/harbor/current")" >>"$host/verbs"
echo "what docker-compose says"
echo "what docker-compose says" >&2
[[ ! -e $host/fails || $1 != "$(<"$host/fails")" ]] || exit 1
[[ $1 != up ]] || touch "$host/up"
`;

let host: string;
const at = (path: string) => join(host, path);
function write(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
  chmodSync(at(path), mode);
}

/** A release in the node's store. */
function stage(digest: string, keypair: string): void {
  const config = `opt/harbor/releases/1.1.9-${digest}/common/config`;
  write(`${config}/ui/private_key.pem`, `key ${keypair}`);
  write(`${config}/registry/root.crt`, `certificate ${keypair}`);
}

/** A container that runs with a keypair. */
function runs(service: "ui" | "registry", keypair: string): void {
  if (service === "ui") write("proc/ui/root/etc/ui/private_key.pem", `key ${keypair}`);
  else write("proc/registry/root/etc/registry/root.crt", `certificate ${keypair}`);
}

beforeEach(() => {
  host = mkdtempSync(join(tmpdir(), "harbor-ha-switch-"));
  write("bin/docker", DOCKER, 0o755);
  write("bin/curl", CURL, 0o755);
  write("bin/mountpoint", "#!/bin/sh\n", 0o755);
  mkdirSync(at("mnt/.harbor-ha/nodes"), { recursive: true });
  stage("old", "one");
  stage("new", "two");
  symlinkSync(at("opt/harbor/releases/1.1.9-old"), at("opt/harbor/current"));
  runs("ui", "one");
  runs("registry", "one");
});
afterEach(() => rmSync(host, { recursive: true, force: true }));

const environment = () => ({
  PATH: `${at("bin")}:${process.env["PATH"]}`,
  CLUSTER: "harbor-ha/test hub.example.com",
  DOMAIN: "hub.example.com",
  PORT: "8070",
  PROTOCOL: "http",
  PROJECT: "harbor",
  INSTALL_DIR: at("opt/harbor"),
  LOG_DIR: at("log"),
  MOUNT_POINT: at("mnt"),
  RELEASE_VERSION: "1.1.9",
  HEALTH_TIMEOUT: "5",
  DRAIN_TIMEOUT: "5",
  GO_TIMEOUT: "5",
});
const paths = () => ({ "/run/lock/harbor-ha.lock": at("lock"), "/proc/": at("proc/") });

function input(): string {
  const path = at("opt/harbor/bin/harbor.sh");
  const whole = standardInput({
    steps: ["switch"],
    secrets: { release_digest: "new", keypair: "SHA256:two" },
    files: [{ path, mode: 0o755, content: HARBOR }],
    goesOn: true,
  });
  return whole.slice(whole.indexOf("end of parts\n") + "end of parts\n".length);
}

const step = (more = "go\n") =>
  shell({
    parts: partsOf("switch"),
    text: "",
    environment: environment(),
    paths: paths(),
    input: input() + more,
  });

const current = () => readlinkSync(at("opt/harbor/current")).slice(-3);
const mark = () => readFileSync(at("mnt/.harbor-ha/nodes/hub1"), "utf8");
function verbs(): string[] {
  if (!existsSync(at("verbs"))) return [];
  return readFileSync(at("verbs"), "utf8")
    .replaceAll(at("opt/harbor/releases/"), "")
    .trim()
    .split("\n");
}

test("drains, then repoints current, then starts, and waits for tokens", async () => {
  const { status, stdout, stderr } = await step();
  expect({ status, stdout }).toEqual({ status: 0, stdout: "ready\nstopping\nserving\n" });
  expect(stderr).toMatch(/^hub1: has the new keypair; \d\.\d s without service on this node\n$/);
  expect(verbs()).toEqual(["drain 5 1.1.9-old", "up 1.1.9-new"]);
  expect(current()).toBe("new");
  expect(mark()).toBe("harbor-ha/test hub.example.com\nSHA256:two\n");
});

test.each([
  ["the input ends", ""],
  ["another word comes", "no\n"],
])("changes nothing where %s in place of the word", async (_, more) => {
  const { status, stdout, stderr } = await step(more);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "ready\n" });
  expect(stderr).toBe(
    "hub1: was ready, but was not told to go, which it is when every node is ready; nothing was changed here: see to the others, then run again\n",
  );
  expect(current()).toBe("old");
  expect(existsSync(at("opt/harbor/bin/harbor.sh"))).toBe(false);
});

test.each([
  ["nothing runs", () => rmSync(at("proc"), { recursive: true })],
  [
    "all of it has the keypair",
    () => {
      runs("ui", "two");
      runs("registry", "two");
    },
  ],
])("has nothing to switch where %s", async (_, arrange) => {
  arrange();
  const { status, stdout, stderr } = await step();
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "nothing\n", stderr: "" });
  expect(verbs()).toEqual([]);
  expect(current()).toBe("old");
});

test.each(["ui", "registry"] as const)(
  "goes by what runs, not by current: the %s alone was left behind",
  async (service) => {
    runs("ui", "two");
    runs("registry", "two");
    runs(service, "one");
    rmSync(at("opt/harbor/current"));
    symlinkSync(at("opt/harbor/releases/1.1.9-new"), at("opt/harbor/current"));
    expect((await step()).stdout).toBe("ready\nstopping\nserving\n");
  },
);

test("a release that is not staged is an error before anything", async () => {
  rmSync(at("opt/harbor/releases/1.1.9-new"), { recursive: true });
  const { status, stdout, stderr } = await step();
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("hub1: the release is not staged: ");
});

test.each(["drain", "up"])("a %s that fails is shown, line by line", async (verb) => {
  write("fails", verb);
  const { status, stderr } = await step();
  expect(status).toBe(1);
  expect(stderr).toBe(
    "hub1:   what docker-compose says\n".repeat(2) +
      `hub1: harbor.sh ${verb} failed, its last lines are above; correct that and run again\n`,
  );
});

test("tokens that are not accepted in time are an error with the reason", async () => {
  write("bin/curl", CURL.replace("printf 200 || ", "printf 401 || "), 0o755);
  const { status, stdout, stderr } = await shell({
    parts: partsOf("switch"),
    text: "",
    environment: { ...environment(), HEALTH_TIMEOUT: "1" },
    paths: paths(),
    input: `${input()}go\n`,
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "ready\nstopping\n" });
  expect(stderr).toContain(
    "hub1: does not serve 1 s after the switch: token: this node's registry answers 401",
  );
});

test("once told to go, it goes to the end though nobody listens any more", async () => {
  const script = Object.entries(paths()).reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    scriptOf("switch"),
  );
  const child = spawn("bash", ["--norc", "-c", script], {
    env: { NODE: "hub1", STEP: "switch", ...environment() },
  });
  child.stdin.write(input());
  await once(child.stdout, "data");
  child.stdin.write("go\n");
  await once(child.stdout, "data");
  child.stdin.destroy();
  child.stdout.destroy();
  child.stderr.destroy();
  child.kill("SIGHUP");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(verbs()).toEqual(["drain 5 1.1.9-old", "up 1.1.9-new"]);
  expect(mark()).toContain("SHA256:two");
});
