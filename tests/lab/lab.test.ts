import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Lab } from "../../lab/lab";
import { CLIENT_DAEMON, DAEMON_FILE } from "../../lab/client";
import { run } from "../../lab/shell";
import { sshLogins } from "../../lab/ssh-logins";
import { HOSTS, LAB_DIR, NODE_NAMES, type HostName } from "../../lab/topology";
import {
  bystanderStart,
  lab,
  labSucceeds,
  machines,
  on,
  proofPasses,
  readableByAnybody,
  reboot,
  secretsIn,
  secretsOf,
} from "./driver";
import { hostFacts } from "./host-facts";
import { schemaCases } from "./schema-cases";

/*
 * One story, in order, of the lab as it is without flags: a fresh deployment over HTTP, what it must
 * not show, what breaks it, what it survives, and what is left when it is taken away.
 */

let described: Lab;
let secrets: Record<string, string>;
let bystander: string;
const before = new Map<HostName, string>();
const PROVED = "6 proved, 0 failed";
const unchanged = /^ {4}\d+ unchanged$/m;

// What follows the first deployment says nothing where that is not there.
let tried = false;
let deployed = false;
beforeEach(() => {
  if (tried && !deployed) throw new Error("the first deployment failed; this was not tried");
  tried = true;
});

describe("a fresh deployment", () => {
  beforeAll(async () => {
    described = await machines();
    for (const name of HOSTS) before.set(name, await hostFacts(name));
    bystander = await bystanderStart();
  });

  test("npm run lab deploys to three nodes and proves it", async () => {
    const text = await labSucceeds();
    expect(text).toContain(PROVED);
    expect(text).toContain("Harbor is at http://hub.lab.example.com:8070");
    secrets = await secretsOf(described);
    deployed = true;
  });

  test("the client may use the registry, and keeps its other settings and its container", async () => {
    const settings = JSON.parse(await on("client", `cat ${DAEMON_FILE}`)) as object;
    expect(settings).toEqual({
      ...(JSON.parse(CLIENT_DAEMON) as object),
      "insecure-registries": expect.arrayContaining([
        "old.example.com:5000",
        "hub.lab.example.com:8070",
      ]),
    });
    expect(await bystanderStart()).toBe(bystander);
  });

  test("a second run changes nothing and opens no SSH connection for the deployment", async () => {
    const logins = await sshLogins();
    const text = await labSucceeds("deploy");
    expect(text).toMatch(unchanged);
    expect(text).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
    expect(await sshLogins()).toBe(logins);
    expect(await labSucceeds()).toContain(PROVED);
  });

  test("nodes are started one after another, and each only after all are staged", async () => {
    const times = await Promise.all(
      NODE_NAMES.map((name) =>
        on(
          name,
          "systemctl show -p ActiveEnterTimestamp --value harbor.service | xargs -0 date +%s -d",
        ),
      ),
    );
    expect([...times].sort()).toEqual(times);
    expect(new Set(times).size).toBe(NODE_NAMES.length);
  });
});

describe("a change", () => {
  test("a preview shows line diffs of harbor.cfg and the env file, and no secret", async () => {
    const text = await labSucceeds("preview", "--set", "maxJobWorkers=20");
    expect(text).toMatch(/- max_job_workers = 3\b/);
    expect(text).toMatch(/\+ max_job_workers = 20\b/);
    expect(text).toMatch(/- MAX_JOB_WORKERS=3\b/);
    expect(text).toMatch(/\+ MAX_JOB_WORKERS=20\b/);
    expect(secretsIn(text, secrets)).toEqual([]);
  });

  test("no secret is in the output, the state, a log, a process's arguments or an open file", async () => {
    const watch = `
      rm -f /run/watch.stop; : >/run/watch.log
      while [ ! -e /run/watch.stop ]; do
        for process in /proc/[0-9]*; do { tr '\\0' ' ' <"$process/cmdline"; echo; } 2>/dev/null; done >>/run/watch.log
      done`;
    const watches = NODE_NAMES.map((name) => on(name, watch));
    const output = await labSucceeds("deploy", "--set", "maxJobWorkers=4");
    await Promise.all(NODE_NAMES.map((name) => on(name, "touch /run/watch.stop")));
    await Promise.all(watches);
    expect(output).toMatch(/\d+ updated/);
    expect(secretsIn(output, secrets)).toEqual([]);

    for (const name of NODE_NAMES) {
      const seen = await on(name, "cat /run/watch.log; rm -f /run/watch.log /run/watch.stop");
      expect(seen).toContain("harbor-ha");
      expect({ [`arguments on ${name}`]: secretsIn(seen, secrets) }).toEqual({
        [`arguments on ${name}`]: [],
      });
      const logs = await on(
        name,
        "journalctl --no-pager -o cat; find /var/log/harbor -name '*.log' -exec cat {} +",
      );
      expect({ [`logs of ${name}`]: secretsIn(logs, secrets) }).toEqual({
        [`logs of ${name}`]: [],
      });
      const open = await readableByAnybody(name);
      expect({ [`open files on ${name}`]: secretsIn(open, secrets) }).toEqual({
        [`open files on ${name}`]: [],
      });
    }
    const state = path.join(LAB_DIR, "state");
    const files = (await readdir(state, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = await readFile(path.join(file.parentPath, file.name), "utf8");
      expect({ [file.name]: secretsIn(text, secrets) }).toEqual({ [file.name]: [] });
    }
  });

  test("only what changed was restarted, and the setting arrived", async () => {
    for (const name of NODE_NAMES) {
      expect(await on(name, "docker exec harbor-adminserver printenv MAX_JOB_WORKERS")).toBe("4");
      const started = await on(
        name,
        "docker inspect -f '{{.State.StartedAt}}' registry harbor-ui nginx harbor-adminserver harbor-jobservice | xargs -n1 date +%s -d",
      );
      const [registry, ui, proxy, adminserver, jobservice] = started.split("\n").map(Number);
      const untouched = Math.max(registry!, ui!);
      expect(adminserver! - untouched).toBeGreaterThan(5);
      // It asks for its settings once, at its start.
      expect(jobservice! - untouched).toBeGreaterThan(5);
      // The last of all, after it was drained.
      expect(proxy!).toBeGreaterThanOrEqual(Math.max(adminserver!, jobservice!));
    }
    await labSucceeds("deploy");
    expect(await labSucceeds("prove")).toContain(PROVED);
  });

  test("eight mistakes are one error, and no host is contacted", async () => {
    const logins = await sshLogins();
    const { code, text } = await lab(
      "preview",
      ...[
        "hostname=198.51.100.11",
        "port=99999",
        "nodes[1].name=hub1",
        "nodes[2].address=198.51.100.11",
        "cephfs.mountPoint=/",
        "cephfs.monitors[0]=ceph:port",
        "release.version=1.0.2",
        "redis.port=0",
      ].flatMap((change) => ["--set", change]),
    );
    expect(code).not.toBe(0);
    for (const setting of [
      "hostname",
      "port",
      "nodes[1].name",
      "nodes[2].address",
      "cephfs.mountPoint",
      "cephfs.monitors[0]",
      "release.version",
      "redis.port",
    ]) {
      expect(text).toContain(`harbor-ha:${setting}\n`);
    }
    expect(text).toContain("8 problems in the settings of this stack; no host was contacted");
    expect(await sshLogins()).toBe(logins);
  });

  test("every failed preflight check of every node is reported, and nothing is changed", async () => {
    await on("hub2", "mv /usr/bin/nsupdate /usr/bin/nsupdate.away");
    const { code, text } = await lab(
      "deploy",
      ...["installPackages=false", "redis.host=198.51.100.99", "database.name=nowhere"].flatMap(
        (change) => ["--set", change],
      ),
    );
    await on("hub2", "mv /usr/bin/nsupdate.away /usr/bin/nsupdate");
    expect(code).not.toBe(0);
    for (const name of NODE_NAMES) {
      expect(text).toMatch(
        new RegExp(`${name}: PROBLEM +redis: no answer from 198.51.100.99:6379`),
      );
      expect(text).toMatch(new RegExp(`${name}: PROBLEM +database: .*nowhere`));
    }
    expect(text).toMatch(/hub2: PROBLEM +packages: missing dnsutils/);
    expect(text).not.toMatch(/-(mount|stage|start) (updating|creating)/);
    await labSucceeds("deploy");
  });
});

describe("the database", () => {
  schemaCases(() => described);
});

describe("what breaks the design is found and named", () => {
  const CONFIG = "/opt/harbor/current/common/config";

  test("a keypair of its own on one node: 401", async () => {
    await on(
      "hub2",
      `cd ${CONFIG} && cp -p ui/private_key.pem /run/key && cp -p registry/root.crt /run/crt
       openssl req -x509 -newkey rsa:2048 -nodes -keyout /run/other.key -out /run/other.crt -days 2 -subj /CN=other 2>/dev/null
       openssl rsa -in /run/other.key -traditional -out /run/other.rsa 2>/dev/null
       cat /run/other.rsa >ui/private_key.pem; cat /run/other.crt >registry/root.crt
       docker restart -t 3 harbor-ui registry nginx >/dev/null; sleep 3`,
    );
    const { code, text } = await lab("prove");
    await on(
      "hub2",
      `cd ${CONFIG} && cat /run/key >ui/private_key.pem; cat /run/crt >registry/root.crt; rm /run/key /run/crt /run/other.*
       docker restart -t 3 harbor-ui registry nginx >/dev/null; sleep 3`,
    );
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED +tokens: \d+ of 30 refused/);
    expect(text).toMatch(/a token of hub2 at hub[13]: 401/);
    expect(text).toMatch(/a token of hub[13] at hub2: 401/);
    expect(await labSucceeds("prove")).toContain(PROVED);
  });

  test("no _REDIS_URL on one node: the session is lost", async () => {
    await on(
      "hub2",
      `cd ${CONFIG} && cp -p ui/env /run/env && sed -i /_REDIS_URL/d ui/env && /opt/harbor/bin/harbor.sh up 2>/dev/null; docker restart -t 3 nginx >/dev/null; sleep 3`,
    );
    const { code, text } = await lab("prove");
    await on(
      "hub2",
      `cd ${CONFIG} && cat /run/env >ui/env && rm /run/env && /opt/harbor/bin/harbor.sh up 2>/dev/null; docker restart -t 3 nginx >/dev/null; sleep 3`,
    );
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED +web session: .* is lost on other nodes/);
    expect(text).toMatch(/hub2 answers 401/);
    expect(await labSucceeds("prove")).toContain(PROVED);
  });

  test("no mount on one node: nothing serves there, and nothing is written to its disk", async () => {
    await on(
      "hub3",
      `cp -p /etc/fstab /run/fstab && systemctl stop harbor docker.socket docker && umount /mnt/cephfs && sed -i /cephfs/d /etc/fstab
       systemctl daemon-reload && systemctl start docker; systemctl start harbor || true`,
    );
    const { code, text } = await lab("prove");
    const written = await on("hub3", "ls -A /mnt/cephfs");
    await on(
      "hub3",
      `cat /run/fstab >/etc/fstab; systemctl daemon-reload; systemctl stop docker.socket docker; systemctl start mnt-cephfs.mount
       systemctl reset-failed; systemctl start docker harbor`,
    );
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED +shared file system/);
    expect(text).toMatch(/hub3: .*\/mnt\/cephfs is not mounted/);
    expect(written).toBe("");
    await proofPasses();
  });
});

describe("a reboot", () => {
  test("the node comes back by itself: mount first, then docker, then Harbor", async () => {
    await reboot("hub2");
    const entered = await on(
      "hub2",
      "for unit in mnt-cephfs.mount docker.service harbor.service; do systemctl show -p ActiveEnterTimestampMonotonic --value $unit; done",
    );
    const [mount, docker, harbor] = entered.split("\n").map(Number);
    expect(mount).toBeGreaterThan(0);
    expect(docker).toBeGreaterThan(mount!);
    expect(harbor).toBeGreaterThan(docker!);
    await proofPasses();
  });
});

describe("taking it away", () => {
  // What stays is of use to nobody without this stack's secrets: the next deployment begins anew.
  afterAll(() => labSucceeds("down", "--volumes"));

  test("images, database and other users of the mount stay; the nodes are as they were", async () => {
    const tables =
      'mariadb -NBe "SELECT COUNT(*) FROM registry.repository; SELECT COUNT(*) FROM registry.user"';
    const database = async () => run("docker", ["exec", "harbor-ha-lab-db2", "sh", "-c", tables]);
    const rows = (await database()).stdout;
    const blobs = "find /mnt/cephfs/harbor/data/registry -type f | sort | sha256sum";
    const images = await on("hub1", blobs);
    // Another program on hub1 uses the file system.
    await on(
      "hub1",
      "mkdir -p /mnt/cephfs/other && systemd-run -q --unit=other-user --collect sh -c 'exec sleep infinity >/mnt/cephfs/other/file'",
    );
    const text = await labSucceeds("destroy");
    expect(text).toMatch(/hub1: \/mnt\/cephfs is in use by another program/);

    expect((await database()).stdout).toBe(rows);
    expect(await on("hub1", blobs)).toBe(images);
    expect(await on("hub1", "systemctl is-active other-user; ls /mnt/cephfs/other")).toBe(
      "active\nfile",
    );
    for (const name of NODE_NAMES.filter((node) => node !== "hub1")) {
      expect(await hostFacts(name)).toBe(before.get(name));
      expect(await on(name, "docker ps -aq")).toBe("");
    }
    expect(await hostFacts("client")).toBe(before.get("client"));
    expect(await on("client", `base64 -w0 ${DAEMON_FILE}`)).toBe(
      Buffer.from(CLIENT_DAEMON).toString("base64"),
    );
    expect(await bystanderStart()).toBe(bystander);
    const answer = await on("client", "getent ahostsv4 hub.lab.example.com || true");
    expect(answer).toBe("");
    await on("hub1", "systemctl stop other-user");
  });
});
