import { CLIENT_DAEMON, DAEMON_FILE } from "../../lab/client";
import type { Lab } from "../../lab/lab";
import { HOSTS, NODE_NAMES, type HostName } from "../../lab/topology";
import {
  bystanderStart,
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
import { wrongInputs } from "./wrong-inputs";

/*
 * One story, in order, of the lab's other variant: Harbor 1.5 over HTTPS on air-gapped hosts, the
 * next patch release, what is refused, and what is left when it is taken away.
 */

const REGISTRY = "hub.lab.example.com:8070";
const PROVED = "8 proved, 0 failed";
const UNCHANGED = /^ {4}\d+ unchanged$/m;
const CHANGES = /\d+ (created|updated|replaced|deleted|to (create|update|replace|delete))/;

let described: Lab;
let secrets: Record<string, string>;
let bystander: string;
let pushed: string;
const before = new Map<HostName, string>();

// What follows the first deployment says nothing where that is not there.
let tried = false;
let deployed = false;
beforeEach(() => {
  if (tried && !deployed) throw new Error("the first deployment failed; this was not tried");
  tried = true;
});

beforeAll(async () => {
  described = await machines();
  for (const name of HOSTS) before.set(name, await hostFacts(name));
  bystander = await bystanderStart();
});

// What stays is of use to nobody without this stack's secrets: the next deployment begins anew.
afterAll(() => labSucceeds("down", "--volumes"));

describe("Harbor 1.5.3 over HTTPS, on hosts without a way out", () => {
  test("npm run lab deploys to three nodes and proves it", async () => {
    const text = await labSucceeds("--release", "1.5.3", "--https", "--air-gapped");
    expect(text).toContain(PROVED);
    expect(text).toContain(`Harbor is at https://${REGISTRY}`);
    expect(text).toMatch(/certificate: hub\.lab\.example\.com, of .*, expires \d{4}-\d\d-\d\d;/);
    expect(text).toMatch(/air gap: hub1, hub2, hub3, client have no default route/);
    pushed = /push and pull: (\S+) went in/.exec(text)![1]!;
    secrets = await secretsOf(described);
    expect(Object.keys(secrets)).toContain("proxy's key");
    expect(secretsIn(text, secrets)).toEqual([]);
    deployed = true;
  });

  test("the flags are remembered: a preview without them finds nothing to change", async () => {
    const text = await labSucceeds("preview");
    expect(text).toMatch(UNCHANGED);
    expect(text).not.toMatch(CHANGES);
    expect(secretsIn(text, secrets)).toEqual([]);
  });

  test("the client trusts the authority, and keeps its settings and its container", async () => {
    const ask = (options: string) =>
      on("client", `curl -sS -o /dev/null -w '%{http_code}' ${options} https://${REGISTRY}/v2/`);
    expect(await ask(`--cacert /etc/docker/certs.d/${REGISTRY}/ca.crt`)).toBe("401");
    await expect(ask("")).rejects.toThrow(/exit code 60/);
    expect(await on("client", `base64 -w0 ${DAEMON_FILE}`)).toBe(
      Buffer.from(CLIENT_DAEMON).toString("base64"),
    );
    expect(await bystanderStart()).toBe(bystander);
  });

  test("no secret is in a log or in a file that anybody may read", async () => {
    for (const name of NODE_NAMES) {
      const logs = await on(
        name,
        "journalctl --no-pager -o cat; find /var/log/harbor -name '*.log' -exec cat {} +",
      );
      const seen = { logs: secretsIn(logs, secrets) };
      const open = { files: secretsIn(await readableByAnybody(name), secrets) };
      expect({ name, ...seen, ...open }).toEqual({ name, logs: [], files: [] });
    }
  });

  test("a changed setting reaches Harbor, on every node", async () => {
    const text = await labSucceeds("deploy", "--set", "harborConfig.self_registration=off");
    expect(secretsIn(text, secrets)).toEqual([]);
    for (const { address } of described.nodes) {
      const answer = await on(
        "client",
        `curl -sS --cacert /etc/docker/certs.d/${REGISTRY}/ca.crt --resolve ${REGISTRY}:${address} https://${REGISTRY}/api/systeminfo`,
      );
      expect(JSON.parse(answer)).toMatchObject({ self_registration: false });
    }
  });

  test("a node that reboots comes back, and is still without a way out", async () => {
    await reboot("hub3");
    expect(await on("hub3", "ip route show default")).toBe("");
    await proofPasses();
  });
});

describe("the next patch release", () => {
  test("npm run lab -- --release 1.5.4 upgrades, and proves it", async () => {
    const text = await labSucceeds("--release", "1.5.4");
    expect(text).toContain(PROVED);
    expect(secretsIn(text, secrets)).toEqual([]);
    for (const name of NODE_NAMES) {
      const image = await on(name, "docker inspect -f '{{.Config.Image}}' harbor-ui");
      expect(image).toMatch(/:v1\.5\.4$/);
    }
  });

  test("it was staged on every node before the first was switched to it", async () => {
    const seconds = async (name: HostName, file: string) =>
      Number(await on(name, `stat -c %.Y ${file}`));
    const folder = "$(readlink -f /opt/harbor/current)";
    const staged = await Promise.all(NODE_NAMES.map((name) => seconds(name, folder)));
    const switched = await Promise.all(
      NODE_NAMES.map((name) => seconds(name, "/opt/harbor/current")),
    );
    expect(Math.max(...staged)).toBeLessThan(Math.min(...switched));
    expect([...switched].sort((a, b) => a - b)).toEqual(switched);
  });

  test("the database was dumped before it, for nobody else to read", async () => {
    const folder = "/mnt/cephfs/.harbor-ha/backup";
    expect(await on("hub1", `find ${folder} -type f -printf '%m %f\\n'`)).toMatch(
      /^600 registry-1\.5\.3-to-1\.5\.4-\w+\.sql\.gz$/,
    );
    const rows = "sed -n '/^INSERT INTO .user. /,/;$/p'";
    expect(await on("hub1", `gzip -dc ${folder}/*.gz | ${rows}`)).toContain("'admin'");
  });

  test("an image that was pushed before it can be pulled", async () => {
    await on("client", `docker pull -q ${pushed} && docker rmi -f ${pushed}`);
  });
});

describe("wrong inputs", () => {
  wrongInputs();

  test("what was refused is not remembered: a preview finds nothing to change", async () => {
    const text = await labSucceeds("preview");
    expect(text).toMatch(UNCHANGED);
    expect(text).not.toMatch(CHANGES);
  });
});

describe("taking it away", () => {
  test("the nodes and the client are as they were", async () => {
    await labSucceeds("destroy");
    for (const name of HOSTS) {
      expect({ name, facts: await hostFacts(name) }).toEqual({ name, facts: before.get(name) });
    }
    for (const name of NODE_NAMES) expect(await on(name, "docker ps -aq")).toBe("");
    expect(await bystanderStart()).toBe(bystander);
  });
});
