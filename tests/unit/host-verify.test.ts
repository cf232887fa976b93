import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { partsOf } from "../../host/script";
import { Facts } from "../../operate/verify/facts";
import { digAnswer } from "./fixtures/dig-answer";
import { shell } from "./fixtures/shell";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");

const RELEASE = "opt/harbor/releases/1.1.2-0123456789ab";
const PASSWORD = "the-password-of-the-database";

/** A docker that has two services, one of which mounts a file of the release that was replaced since. */
const DOCKER = `
case "$1 $2" in
  "compose version") exit 1 ;;
  "ps -aq") printf '%s\\n' aaa bbb ;;
  "inspect -f")
    case $3 in
      *Mounts*) echo; echo "ui 42 $ROOT/${RELEASE}/common/config/ui/private_key.pem /etc/ui/private_key.pem"
        echo "proxy 43 $ROOT/opt/harbor/current/common/config/nginx/ /etc/nginx"
        echo "proxy 43 /var/log /var/log" ;;
      container*) printf 'container\\tknown\\tui\\trunning\\n' ;;
      *State.Status*) echo "running 0" ;;
    esac ;;
  "image inspect") [ "$5" = example/ui:v1 ] && echo sha256:1234 ;;
esac`;

const COMPOSE = `
[ "$PWD" = / ] || exit 9
echo 'ui 5678'`;

const SYSTEMCTL = `
case "$1 $2" in
  "is-enabled harbor.service") echo enabled ;;
  "is-active harbor.service") echo active ;;
  is-active*) echo inactive; exit 3 ;;
  *) exit 1 ;;
esac`;

/** Tokens are issued here, and hub3 refuses them; nothing answers for the search. */
const CURL = `
case "$*" in
  *api/search*) printf 500 ;;
  *service/token*) echo '{ "token": "abc" }' ;;
  *192.0.2.13*) printf 401 ;;
  *) printf 200 ;;
esac`;

class Node {
  readonly root = mkdtempSync(join(tmpdir(), "harbor-ha-node-"));

  constructor() {
    const current = join(this.root, "opt/harbor/current");
    this.write(`${RELEASE}/common/config/ui/private_key.pem`, "new key", 0o600);
    this.write(`${RELEASE}/common/config/nginx/nginx.conf`, "events {}", 0o644);
    this.write(`${RELEASE}/common/config/registry/root.crt`, "certificate\n", 0o600);
    this.write(
      `${RELEASE}/common/config/adminserver/env`,
      `MYSQL_HOST=127.0.0.1\nMYSQL_PORT=1\nMYSQL_USR=harbor\nMYSQL_PWD=${PASSWORD}\nMYSQL_DATABASE=registry\n`,
    );
    this.write(`${RELEASE}/common/config/ui/env`, `_REDIS_URL=127.0.0.1:1,100,${PASSWORD},0\n`);
    symlinkSync(join(this.root, RELEASE), current);
    this.write("proc/42/root/etc/ui/private_key.pem", "old key");
    this.write("proc/43/root/etc/nginx/nginx.conf", "events {}");
    this.write(
      "proc/self/mounts",
      `none / overlay rw 0 0\nc ${this.root}/mnt fuse.ceph-fuse rw 0 0\n`,
    );
    this.write(
      "etc/fstab",
      `# c ${this.root}/mnt ceph no 0 0\nc ${this.root}/mnt ceph name=harbor 0 0\n`,
    );
    this.write("mnt/.harbor-ha/nodes/hub1", "harbor-ha/test hub.example.com\nSHA256:pair\n", 0o600);
    this.write("mnt/data/secretkey", "0123456789abcdef", 0o640);
    this.write("log/harbor/ui.log", "line\n");
    this.write("run/lock/harbor-ha.lock", "start, process 7, since then\n");
    this.lock(false);
    this.program("docker", DOCKER);
    this.program("docker-compose", COMPOSE);
    this.program("systemctl", SYSTEMCTL);
    this.program("curl", CURL);
    this.program("dig", digAnswer('printf "192.0.2.11\\n192.0.2.12\\n"'));
  }

  write(path: string, content: string, mode = 0o600): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  program(name: string, text: string): void {
    this.write(`bin/${name}`, `#!/bin/bash\nROOT=${this.root}\n${text}\n`, 0o755);
  }

  /** The kernel's list of locks, in which the node's own is held or not. */
  lock(held: boolean): void {
    const { dev, ino } = statSync(join(this.root, "run/lock/harbor-ha.lock"));
    const hex = (number: number) => number.toString(16).padStart(2, "0");
    const [major, minor] = [(dev >> 8) & 0xfff, (dev & 255) | ((dev >> 12) & 0xfff00)];
    const line = `1: FLOCK  ADVISORY  WRITE 7 ${hex(major)}:${hex(minor)}:${held ? ino : ino + 1} 0 EOF\n`;
    this.write("proc/locks", line);
  }

  /** Every file and folder with its content, mode and times. */
  get state(): Record<string, unknown> {
    const names = readdirSync(this.root, { recursive: true }).map(String);
    return Object.fromEntries(
      names.map((name) => {
        const { mode, mtimeMs, ctimeMs } = statSync(join(this.root, name));
        return [name, { mode, mtimeMs, ctimeMs }];
      }),
    );
  }

  async look(given: { functions?: string; environment?: Record<string, string> } = {}) {
    const { root } = this;
    const current = `${root}/opt/harbor/current`;
    const ran = await shell({
      parts: partsOf("verify").slice(0, -1),
      text: this.script(given.functions ?? ""),
      environment: {
        PATH: `${root}/bin:${process.env["PATH"]}`,
        PEERS: "hub2=192.0.2.12 hub3=192.0.2.13",
        DOMAIN: "hub.example.com",
        PORT: "8070",
        PROTOCOL: "http",
        PROJECT: "harbor",
        INSTALL_DIR: `${root}/opt/harbor`,
        LOG_DIR: `${root}/log/harbor`,
        MOUNT_POINT: `${root}/mnt`,
        DATA_DIRECTORY: "data",
        SERVICES: "ui",
        IMAGES: "example/ui:v1 example/nginx:v1",
        PATHS: ["ui/private_key.pem", "nginx/nginx.conf", "gone"]
          .map((path) => `${current}/common/config/${path}`)
          .join(" "),
        UNITS: "harbor.service harbor-ha-health.timer",
        TOKEN_KEY: `${current}/common/config/ui/private_key.pem`,
        TOKEN_CERTIFICATE: `${current}/common/config/registry/root.crt`,
        DNS_PROVIDER: "rfc2136",
        DNS_SERVER: "ns1.example.com",
        DNS_PORT: "53",
        ADDRESS: "192.0.2.11",
        ...given.environment,
      },
      paths: {
        "/proc/": `${root}/proc/`,
        "/etc/fstab": `${root}/etc/fstab`,
        "/run/lock/": `${root}/run/lock/`,
      },
    });
    return { ...ran, facts: new Facts(ran.stdout) };
  }

  /** The step itself, with functions of the test's own in place of some of its own. */
  private script(functions: string): string {
    const file = join(__dirname, "../../host/scripts/verify.sh");
    return readFileSync(file, "utf8").replace(/^read_input$/m, () => `${functions}\nread_input`);
  }

  end(): void {
    rmSync(this.root, { recursive: true });
  }
}

let node: Node;
beforeEach(() => {
  node = new Node();
});
afterEach(() => node.end());

test("says what is there, and changes nothing", async () => {
  const before = node.state;
  const { status, stderr, stdout, facts, commandLines } = await node.look();
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(node.state).toEqual(before);
  const config = `${node.root}/opt/harbor/current/common/config`;
  const { ino } = statSync(join(node.root, "mnt/.harbor-ha/nodes"));
  expect(facts.one("mount")).toEqual([
    "fuse.ceph-fuse",
    expect.stringMatching(`^${ino}/\\d+\\.\\d{9}$`),
  ]);
  expect(facts.one("fstab")).toEqual([`c ${node.root}/mnt ceph name=harbor 0 0`]);
  expect(facts.one("mark")).toEqual(["harbor-ha/test hub.example.com", "SHA256:pair"]);
  expect(facts.one("release")).toEqual([join(node.root, RELEASE)]);
  const owner = expect.any(String);
  expect(facts.all("file")).toEqual([
    [`${config}/ui/private_key.pem`, "600", owner, sum("new key")],
    [`${config}/nginx/nginx.conf`, "644", owner, sum("events {}")],
    [`${config}/gone`, "missing"],
  ]);
  expect(facts.one("secretkey").slice(1)).toEqual(["640", owner, sum("0123456789abcdef")]);
  expect(facts.all("container")).toEqual([["ui", "running"]]);
  expect(facts.all("definition")).toEqual([["ui", "5678"]]);
  expect(facts.all("image")).toEqual([
    ["example/ui:v1", "sha256:1234"],
    ["example/nginx:v1", "missing"],
  ]);
  expect(facts.one("key")).toEqual([
    "certificate",
    Buffer.from("certificate\n").toString("base64"),
  ]);
  expect(facts.one("health")).toEqual([
    "search: /api/search answers 500 instead of 200 (500 means no database)",
  ]);
  expect(facts.all("token")).toEqual([
    ["hub1", "200"],
    ["hub2", "200"],
    ["hub3", "401"],
  ]);
  expect(facts.one("database")).toEqual(["refused", "no answer from 127.0.0.1:1"]);
  expect(facts.one("redis")).toEqual(["refused", "no answer from 127.0.0.1:1"]);
  expect(facts.one("dns")).toEqual(["192.0.2.11 192.0.2.12"]);
  expect(facts.all("unit")).toEqual([
    ["harbor.service", "enabled", "active"],
    ["harbor-ha-health.timer", "", "inactive"],
  ]);
  expect(facts.one("logs")).toEqual(["1"]);
  expect(facts.all("disk").map(([path]) => path)).toContain(`${node.root}/mnt`);
  expect(facts.one("end")).toEqual(["complete"]);
  expect(stdout).not.toContain(PASSWORD);
  for (const line of commandLines) expect(line).not.toContain(PASSWORD);
});

test("a service's own view of a mounted file counts, whatever the folder has now", async () => {
  const { facts } = await node.look();
  const config = `${node.root}/opt/harbor/current/common/config`;
  expect(facts.all("live")).toEqual([
    ["ui", `${config}/ui/private_key.pem`, sum("old key")],
    ["proxy", `${config}/nginx/nginx.conf`, sum("events {}")],
  ]);
});

test("a run that holds the lock is told, and not disturbed", async () => {
  expect((await node.look()).facts.one("run")).toEqual(["none"]);
  node.lock(true);
  node.write("proc/7/comm", "bash");
  expect((await node.look()).facts.one("run")).toEqual(["held", "start, process 7, since then"]);
});

test("a lock that is held for a moment, after a run that has ended, is no run", async () => {
  node.lock(true);
  expect((await node.look()).facts.one("run")).toEqual(["none"]);
});

test("a proxy that was started before its upstreams is told", async () => {
  expect((await node.look()).facts.one("stale")).toEqual(["no"]);
  node.write("opt/harbor/bin/harbor.sh", "#!/bin/sh\n[ $1 = stale ]\n", 0o755);
  expect((await node.look()).facts.one("stale")).toEqual(["yes"]);
});

test("what hangs costs its fact and its time, not the look, even when it cannot be ended", async () => {
  const began = Date.now();
  const { status, facts } = await node.look({
    functions: `look_mount() { trap '' TERM; echo "half a li"; sleep 60 & sleep 60; }
look_secretkey() { return 1; }`,
    environment: { LOOK_SECONDS: "2" },
  });
  expect(Date.now() - began).toBeLessThan(15_000);
  expect(status).toBe(0);
  expect(facts.unknown("mount")).toBe("no answer within 2 s");
  expect(facts.unknown("secretkey")).toBe("it cannot be read on this node");
  expect(facts.one("release")).toEqual([join(node.root, RELEASE)]);
  expect(facts.one("end")).toEqual(["complete"]);
});

test("a file system that does not answer is not a file that is missing", async () => {
  node.program(
    "stat",
    'case "$*" in *secretkey) exec sleep 60 ;; *) exec /usr/bin/stat "$@" ;; esac',
  );
  const { facts } = await node.look({ functions: 'within() { timeout -k 1 1 "${@:2}"; }' });
  expect(facts.unknown("secretkey")).toBe(`${node.root}/mnt/data/secretkey does not answer`);
});

test("a host on which there is nothing yet is looked at, too", async () => {
  rmSync(join(node.root, "opt"), { recursive: true });
  rmSync(join(node.root, "mnt"), { recursive: true });
  rmSync(join(node.root, "run"), { recursive: true });
  for (const name of ["docker", "docker-compose", "systemctl", "curl", "dig"]) {
    node.program(name, "exit 1");
  }
  node.write("proc/self/mounts", "none / overlay rw 0 0\n");
  const { status, facts } = await node.look();
  expect(status).toBe(0);
  expect(facts.one("mount")).toEqual(["none"]);
  expect(facts.one("release")).toEqual([""]);
  expect(facts.all("file").map(([, mode]) => mode)).toEqual(["missing", "missing", "missing"]);
  expect(facts.unknown("containers")).toBe("the node did not say it");
  expect(facts.unknown("container")).toBe("it cannot be read on this node");
  expect(facts.unknown("definition")).toMatch(/^docker-compose cannot read /);
  expect(facts.unknown("dns")).toBe("ns1.example.com:53 does not answer");
  expect(facts.all("token").map(([, status]) => status)).toEqual(["none", "none", "none"]);
  expect(facts.one("end")).toEqual(["complete"]);
});
