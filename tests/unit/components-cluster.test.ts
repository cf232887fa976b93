import { STEPS, type Step, scriptOf } from "../../host/script";
import {
  type Built,
  build,
  HIDDEN,
  parametersOf,
  type Registered,
  valueOf,
} from "./fixtures/cluster";

const COMMAND = "command:remote:Command";
const NODES = ["hub1", "hub2", "hub3"];

let built: Built;
beforeAll(async () => (built = await build()));

const commands = () => built.resources.filter(({ type }) => type === COMMAND);
const named = (name: string, among = built.resources): Registered => {
  const found = among.filter(
    (resource) => resource.name === name && !resource.type.startsWith("harbor-ha:"),
  );
  expect(found).toHaveLength(1);
  return found[0]!;
};

/** Everything that is there before a resource, by what it depends on or stands in. */
function before(resource: Registered, among = built.resources, seen = new Set<string>()) {
  for (const urn of [...resource.dependencies, resource.parent]) {
    const next = among.find((other) => other.urn === urn);
    if (next && !seen.has(urn)) {
      seen.add(urn);
      before(next, among, seen);
    }
  }
  return seen;
}

function expectOrder(earlier: string, later: string, among = built.resources): void {
  expect([...before(named(later, among), among)]).toContain(named(earlier, among).urn);
  expect([...before(named(earlier, among), among)]).not.toContain(named(later, among).urn);
}

test("registers these resources", () => {
  const list = built.resources.map(({ type, name }) => `${type} ${name}`);
  expect(list.sort()).toMatchSnapshot();
});

test("a node takes four commands; the first one loads the schema besides", () => {
  const steps = (node: string) =>
    commands()
      .filter(({ name }) => name.startsWith(`${node}-`))
      .map(({ name }) => name.slice(node.length + 1))
      .sort();
  expect(steps("hub1")).toEqual(["mount", "preflight", "schema", "stage", "start"]);
  expect(steps("hub2")).toEqual(["mount", "preflight", "stage", "start"]);
  expect(steps("hub3")).toEqual(["mount", "preflight", "stage", "start"]);
});

test("every preflight has passed before anything is changed on any host", () => {
  for (const checked of NODES) {
    for (const changed of NODES) expectOrder(`${checked}-preflight`, `${changed}-mount`);
  }
  const first = Math.max(
    ...NODES.map((node) => built.resources.indexOf(named(`${node}-preflight`))),
  );
  const changing = built.resources.filter(
    ({ type, name }) => type.startsWith("command:") && !/-(preflight|departure)$/.test(name),
  );
  for (const resource of changing) expect(built.resources.indexOf(resource)).toBeGreaterThan(first);
});

test("every mount is there before the installer is copied and a release is staged", () => {
  for (const node of NODES) {
    expectOrder(`${node}-mount`, "hub1-installer");
    for (const other of NODES) expectOrder(`${node}-mount`, `${other}-stage`);
    expectOrder("hub1-installer", `${node}-stage`);
  }
});

test("the nodes are staged side by side, and the schema follows", () => {
  for (const node of NODES) {
    expectOrder(`${node}-stage`, "hub1-schema");
    for (const other of NODES) {
      expect([...before(named(`${node}-stage`))]).not.toContain(
        other === node ? undefined : named(`${other}-stage`).urn,
      );
    }
  }
});

test("the nodes start one after another, the first after the schema", () => {
  expectOrder("hub1-schema", "hub1-start");
  expectOrder("hub1-start", "hub2-start");
  expectOrder("hub2-start", "hub3-start");
  for (const node of NODES) expectOrder(`${node}-stage`, "hub1-start");
});

test("every step is given every value that its scripts read", () => {
  for (const command of commands()) {
    const texts = { create: command.inputs["create"], delete: command.inputs["delete"] };
    for (const text of Object.values(texts).filter((value) => value !== undefined)) {
      const given = parametersOf(text);
      const step = given["STEP"] as Step;
      const lacking = [...wanted(scriptOf(step))].filter((name) => !(name in given));
      expect({ step, lacking }).toEqual({ step, lacking: [] });
    }
  }
});

test("every host is told whose node it is, and whose it may have been", async () => {
  const among = async (predecessor?: string) => {
    const { resources } = await build({ predecessor });
    const of = (name: string) => parametersOf(named(name, resources).inputs["create"]);
    return NODES.flatMap((node) => [of(`${node}-preflight`), of(`${node}-mount`)]).map(
      ({ CLUSTER, PREDECESSOR }) => `${CLUSTER} after ${PREDECESSOR}`,
    );
  };
  const cluster = "harbor-ha/test hub.example.com";
  expect(new Set(await among())).toEqual(new Set([`${cluster} after `]));
  expect(new Set(await among("prod"))).toEqual(new Set([`${cluster} after harbor-ha/prod`]));
  expect(new Set(await among("other/prod"))).toEqual(new Set([`${cluster} after other/prod`]));
});

/** The values that a script expects from outside: read without a default, and set nowhere in it. */
function wanted(script: string): Set<string> {
  const text = script.replace(/(^|\s)#.*$/gm, "$1");
  const set = new Set(
    [...text.matchAll(/(?:^|[\s;({])([A-Z][A-Z0-9_]*)(?:\+?=|\[)/gm)].map(([, name]) => name!),
  );
  // Bash's own, and what a command finds out on its way.
  const bash = new Set(["SECONDS", "UID", "HOME", "PATH", "BASHPID", "RUN_FROM"]);
  return new Set(
    [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]*)\b(?!:?[-+])/g)]
      .map(([, name]) => name!)
      .filter((name) => !set.has(name) && !bash.has(name)),
  );
}

test("every step is used, but those of the commands that look after a stack", () => {
  const used = commands().flatMap(({ inputs }) =>
    [inputs["create"], inputs["delete"]].flatMap((text) =>
      text === undefined ? [] : parametersOf(text)["STEP"]!,
    ),
  );
  const elsewhere: Step[] = ["switch", "expel", "verify", "backup", "restore"];
  expect([...new Set(used), ...elsewhere].sort()).toEqual([...STEPS].sort());
  const stdinOf = (name: string) => String(named(name).inputs["stdin"]);
  expect(stdinOf("keypair-switch")).toContain("STEP='switch'");
  expect(stdinOf("hub1-departure")).toContain("STEP='expel'");
});

test("all nodes switch to another keypair between the last stage and the first start", () => {
  for (const node of NODES) {
    expectOrder(`${node}-stage`, "keypair-switch");
    expectOrder("keypair-switch", `${node}-start`);
  }
  expectOrder("hub1-schema", "keypair-switch");
});

test("as many nodes as may be away at a time start side by side", async () => {
  const { resources } = await build({ rollout: { maxUnavailable: 2 } });
  const waits = (node: string) =>
    NODES.filter((other) =>
      before(named(`${node}-start`, resources), resources).has(
        named(`${other}-start`, resources).urn,
      ),
    );
  expect(NODES.map(waits)).toEqual([[], [], ["hub1"]]);
});

test("what takes a step back is the host's departure", () => {
  for (const node of NODES) {
    const { urn, inputs } = named(`${node}-departure`);
    const request = JSON.parse(String(inputs["stdin"])) as { undo: { command: string }[] };
    expect(request.undo.map(({ command }) => parametersOf(command)["STEP"])).toEqual([
      "stop",
      "unstage",
      "unmount",
    ]);
    for (const step of ["mount", "stage", "start"]) {
      expect(named(`${node}-${step}`).deletedWith).toBe(urn);
    }
  }
});

test("no secret is seen in what the engine shows", () => {
  expect(built.resources.length).toBeGreaterThan(20);
  for (const { plainText } of built.resources) {
    for (const secret of HIDDEN) {
      expect(plainText).not.toContain(secret);
      expect(plainText).not.toContain(Buffer.from(secret).toString("base64").slice(0, -4));
    }
  }
});

test("what a command reads is secret as a whole; what it runs is not", () => {
  for (const command of commands()) {
    expect(command.secretInputs).toContain("stdin");
    expect(command.secretInputs).not.toContain("create");
    expect(command.inputs).toMatchObject({ addPreviousOutputInEnv: false });
    expect(command.inputs).not.toHaveProperty("environment");
    expect(command.inputs).not.toHaveProperty("triggers");
    // Without an update, an unchanged and a changed step are the same command, run again.
    expect(command.inputs).not.toHaveProperty("update");
  }
});

test("keypair and shared secrets are protected where that is asked for", async () => {
  const shared = ({ type }: Registered) => /^(tls|random):/.test(type);
  const guarded = built.resources.filter(({ protect }) => protect);
  expect(guarded).toEqual(built.resources.filter(shared));
  expect(guarded).toHaveLength(7);
  const { resources } = await build({ protect: false });
  expect(resources.filter(({ protect }) => protect)).toEqual([]);
});

test("the same settings give the same requests", async () => {
  const again = await build();
  const inputs = ({ resources }: Built) =>
    resources.map(({ urn, inputs }) => ({ urn, inputs })).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  expect(inputs(again)).toEqual(inputs(built));
});

test("where the nodes pull the images, nothing is copied", async () => {
  const { resources } = await build({ images: { source: "pull", prefix: "registry.example.com" } });
  expect(resources.filter(({ name }) => name.endsWith("-installer"))).toEqual([]);
  for (const node of NODES) expectOrder(`${node}-mount`, "hub2-stage", resources);
  expect(parametersOf(named("hub2-stage", resources).inputs["create"])).toMatchObject({
    IMAGE_SOURCE: "pull",
    ARCHIVE_PATH: "",
    MIRROR_PREFIX: "registry.example.com",
  });
});

test("tells what was made", async () => {
  const { cluster } = built;
  expect(await valueOf(cluster.url)).toEqual({
    value: "http://hub.example.com:8070",
    secret: false,
  });
  expect(await valueOf(cluster.nodes)).toEqual({
    value: [
      { name: "hub1", address: "192.0.2.11" },
      { name: "hub2", address: "192.0.2.12" },
      { name: "hub3", address: "192.0.2.13" },
    ],
    secret: false,
  });
  expect(await valueOf(cluster.release)).toEqual({ value: "1.1.9", secret: false });
  expect((await valueOf(cluster.dnsRecords)).value).toEqual(
    ["192.0.2.11", "192.0.2.12", "192.0.2.13"].map((address) => ({
      name: "hub.example.com",
      type: "A",
      ttl: 30,
      address,
    })),
  );
  expect(await valueOf(cluster.adminPassword)).toEqual({
    value: "Secret-made-admin-password",
    secret: true,
  });
  expect(await valueOf(cluster.keypairFingerprint)).toMatchObject({ value: "SHA256:fingerprint" });
});

test("its release is the earlier one while a run with --target has left a node with that", async () => {
  const create = String(named("hub2-start").inputs["create"]);
  const earlier = create.replace("RELEASE_VERSION='1.1.9'", "RELEASE_VERSION='1.1.2'");
  const { cluster } = await build({}, undefined, { "hub2-start": { create: earlier } });
  expect(await valueOf(cluster.release)).toEqual({ value: "1.1.2", secret: false });
});

test("the port is left out of the address where it is the protocol's own", async () => {
  const { cluster, resources } = await build({ port: 80 });
  expect((await valueOf(cluster.url)).value).toBe("http://hub.example.com");
  expect(named("hub1-stage", resources).inputs["create"]).toContain("hostname = hub.example.com\n");
});
