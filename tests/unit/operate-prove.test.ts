import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { type ProveOptions, proveStack } from "../../operate/prove/prove";
import { keyPem, makeCa, makeLeaf } from "./fixtures/certificates";
import { type NodeState, type RegistryNodes, registryNodes } from "./fixtures/registry-nodes";

const PROJECT = join(__dirname, "../..");
const NODES = [
  { name: "hub1", address: "127.0.0.1" },
  { name: "hub2", address: "127.0.0.2" },
  { name: "hub3", address: "127.0.0.3" },
];
const PASSWORD = "First-password-1";

let registry: RegistryNodes | undefined;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-prove-"));
  delete process.env["HARBOR_PASSWORD"];
});
afterEach(async () => {
  delete process.env["HARBOR_PASSWORD"];
  rmSync(folder, { recursive: true });
  await registry?.close();
  registry = undefined;
});

type Planted = Readonly<Record<string, NodeState | "down">>;

/** The three nodes, with what is wrong with some of them. */
async function deployed(planted: Planted = {}, accounts = [`admin:${PASSWORD}`]): Promise<Stack> {
  const up = NODES.flatMap(({ name, address }): [string, NodeState][] => {
    const state = planted[name] ?? {};
    return state === "down" ? [] : [[address, state]];
  });
  registry = await registryNodes(Object.fromEntries(up), accounts);
  return stackOf({
    url: `http://hub.example.com:${String(registry.port)}`,
    nodes: NODES,
    adminPassword: PASSWORD,
  });
}

function stackOf(outputs: Record<string, unknown>): Stack {
  const values = Object.entries(outputs).map(([name, value]) => [name, { value, secret: true }]);
  const stack = { name: "prod", outputs: async () => Object.fromEntries(values) as unknown };
  return stack as unknown as Stack;
}

const everyAddress = async () => NODES.map(({ address }) => address);

async function prove(stack: Stack, options: Partial<ProveOptions> = {}) {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const proved = await proveStack(stack, { resolve: everyAddress, ...options, print });
  expect(printed.join("\n")).not.toContain(PASSWORD);
  return { proved, printed, text: printed.join("\n") };
}

test("a registry that works is proved through every node, and nothing stays of it", async () => {
  const { proved, printed } = await prove(await deployed());
  expect(proved).toBe(true);
  expect(printed).toEqual([
    "proved  DNS round robin: hub.example.com has 127.0.0.1, 127.0.0.2, 127.0.0.3",
    expect.stringMatching(
      /^proved {2}push and pull: library\/harbor-ha-proof:prove-[0-9a-f]{12} went in through hub1 and came out of hub2 and hub3; it is deleted again$/,
    ),
    "proved  tokens: 30 of 30 accepted, each by another node than its own",
    "proved  web session: opened on hub1, 30 of 30 requests round robin know it",
    "4 proved, 0 failed",
  ]);
  const { storage } = registry!;
  expect(storage.blobs.size).toBe(2);
  expect(storage.manifests.size).toBe(0);
  // It went in by one node alone, and each other one gave its blobs.
  const uploads = storage.log.filter((line) => line.includes(" PUT /v2/"));
  expect(uploads.every((line) => line.startsWith("127.0.0.1 "))).toBe(true);
  for (const address of ["127.0.0.2", "127.0.0.3"]) {
    expect(
      storage.log.filter((line) => line.startsWith(`${address} GET /v2/library`)),
    ).toHaveLength(3);
  }
});

test("each proof is another image: none is there from an earlier one", async () => {
  const stack = await deployed();
  await prove(stack);
  const before = registry!.storage.blobs.size;
  await prove(stack);
  expect(registry!.storage.blobs.size).toBe(2 * before);
});

test.each<[string, Planted, RegExp[]]>([
  [
    "a node with another token key",
    { hub2: { key: "two" } },
    [
      /FAILED {2}tokens: 20 of 30 refused\n/,
      /a token of hub1 at hub2: 401 \(5 times\)/,
      /to do: `verify` says which node has another token keypair/,
      /^3 proved, 1 failed$/m,
    ],
  ],
  [
    "a node that knows no session of another",
    { hub3: { forgetful: true } },
    [
      /FAILED {2}web session: the session of hub1 is lost on other nodes\n +hub3 answers 401 \(10 times\)\n +to do: .*redis/,
      /^3 proved, 1 failed$/m,
    ],
  ],
  [
    "a node that is down",
    { hub3: "down" },
    [
      /FAILED {2}push and pull: hub3: .*ECONNREFUSED/,
      /FAILED {2}tokens: 20 of 30 refused/,
      /hub3 does not answer: .*ECONNREFUSED 127\.0\.0\.3:\d+ \(10 times\)/,
      /^1 proved, 3 failed$/m,
    ],
  ],
  [
    "a first node that is down",
    { hub1: "down" },
    [
      /FAILED {2}push and pull: push through hub1: .*ECONNREFUSED/,
      /web session: hub1: .*ECONNREFUSED/,
    ],
  ],
  [
    "a node whose storage gives other bytes",
    { hub2: { corrupt: true } },
    [
      /FAILED {2}push and pull: hub2: pulled the manifest sha256:[0-9a-f]{64} instead of sha256:[0-9a-f]{64}\n +to do: .*shared file system/,
      /^3 proved, 1 failed$/m,
    ],
  ],
  [
    "a user who may not push",
    { hub1: { mayPush: false } },
    [
      /push through hub1: an upload answers 401 in place of 202; does admin have push rights there\?/,
    ],
  ],
])("%s is found", async (_, planted, expected) => {
  const { proved, text } = await prove(await deployed(planted));
  expect(proved).toBe(false);
  for (const pattern of expected) expect(text).toMatch(pattern);
  // What one node could not give is taken away all the same.
  expect(registry!.storage.manifests.size).toBe(0);
});

test("an image that cannot be deleted is named, and proves no less", async () => {
  const { proved, text } = await prove(await deployed({ hub1: { deletion: 403 } }));
  expect(proved).toBe(true);
  const [, place] =
    / (library\/harbor-ha-proof:\S+) stays, as Harbor answers 403 to its deletion: delete it in the web page/.exec(
      text,
    ) ?? [];
  expect([...registry!.storage.manifests.keys()]).toEqual([place]);
});

describe("the name", () => {
  const found = async (...addresses: string[]) =>
    prove(await deployed(), { resolve: async () => addresses });

  test("without one of the nodes fails", async () => {
    const { text } = await found("127.0.0.3", "127.0.0.1");
    expect(text).toMatch(
      /^FAILED {2}DNS round robin: hub\.example\.com has 127\.0\.0\.1, 127\.0\.0\.3\n +lacking: 127\.0\.0\.2 \(hub2\)\n +to do: dns\.provider manual: publish .*dnsRecords/,
    );
  });

  test("with an address of no node fails", async () => {
    const { text } = await found(...NODES.map(({ address }) => address), "192.0.2.9");
    expect(text).toMatch(/of no node: 192\.0\.2\.9/);
  });

  test("that nobody knows fails, by this machine's own look-up", async () => {
    const stack = await deployed();
    const outputs = (await stack.outputs()) as Record<string, { value: unknown }>;
    outputs["url"] = { value: `http://no-such-name.invalid:${String(registry!.port)}` };
    stack.outputs = async () => outputs as never;
    const printed: string[] = [];
    await proveStack(stack, { print: (line) => printed.push(line) });
    expect(printed[0]).toMatch(
      /^FAILED {2}DNS round robin: no-such-name\.invalid is not found from this machine \(E/,
    );
  });
});

describe("the password", () => {
  const changed = ["admin:Present-password-2", "ops:Another-3"];

  test("that is no longer the first one stops it before anything is pushed, and says how to give it", async () => {
    const stack = await deployed({}, changed);
    await expect(prove(stack)).rejects.toThrow(
      /^the registry refuses the first password of admin \(401\): it was changed in the web page.*; give the present one in HARBOR_PASSWORD or with --password-file FILE$/,
    );
    expect(registry!.storage.log.filter((line) => !line.includes("GET /service/token"))).toEqual(
      [],
    );
  });

  test("is taken from the environment, or a file before it, for another user too", async () => {
    const stack = await deployed({}, changed);
    process.env["HARBOR_PASSWORD"] = "Present-password-2";
    expect((await prove(stack)).proved).toBe(true);
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, "Another-3\n");
    expect((await prove(stack, { user: "ops", passwordFile })).proved).toBe(true);
  });

  test("that is given and wrong is not repeated", async () => {
    process.env["HARBOR_PASSWORD"] = "Wrong-password-9";
    const error = await prove(await deployed()).then(String, String);
    expect(error).toMatch(/refuses this password for admin \(401\); give the present one/);
    expect(error).not.toContain("Wrong-password-9");
  });

  test.each<[string, Partial<ProveOptions>, string]>([
    [
      "another user has none",
      { user: "ops" },
      "give the present one in HARBOR_PASSWORD or with --password-file FILE for ops",
    ],
    [
      "its file is not there",
      { passwordFile: "/no/such" },
      "--password-file /no/such cannot be read (ENOENT): name a file",
    ],
    [
      "its file is empty",
      { passwordFile: "/dev/null" },
      "--password-file /dev/null is empty: write the password into it",
    ],
    [
      "the repository is none",
      { repository: "Proof" },
      "allowed: PROJECT/NAME in small letters, such as library/harbor-ha-proof",
    ],
  ])("it cannot be tried when %s", async (_, options, message) => {
    await expect(prove(await deployed(), options)).rejects.toThrow(message);
    expect(registry!.storage.log).toEqual([]);
  });
});

test("another repository can be named", async () => {
  const { text } = await prove(await deployed(), { repository: "ops/proof" });
  expect(text).toMatch(/push and pull: ops\/proof:prove-/);
});

test("a single node is proved through itself", async () => {
  registry = await registryNodes({ "127.0.0.1": {} }, [`admin:${PASSWORD}`]);
  const stack = stackOf({
    url: `http://hub.example.com:${String(registry.port)}`,
    nodes: NODES.slice(0, 1),
    adminPassword: PASSWORD,
  });
  const { proved, text } = await prove(stack, { resolve: async () => ["127.0.0.1"] });
  expect(proved).toBe(true);
  expect(text).toMatch(/went in through hub1 and came out of hub1; /);
  expect(text).toMatch(/^proved {2}tokens: 30 of 30 accepted$/m);
});

test("over HTTPS the certificate is proved too, by the authority that the stack names", async () => {
  const validity = {
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
  };
  const authority = await makeCa("stack authority", validity);
  const leaf = await makeLeaf(["hub.example.com"], authority, validity);
  const tls = { cert: leaf.certificate, key: keyPem(leaf.key) };
  const nodes = Object.fromEntries(NODES.map(({ address }) => [address, {}]));
  registry = await registryNodes(nodes, [`admin:${PASSWORD}`], tls);
  const outputs = {
    url: `https://hub.example.com:${String(registry.port)}`,
    nodes: NODES,
    adminPassword: PASSWORD,
  };
  const { proved, printed } = await prove(
    stackOf({ ...outputs, caCertificate: authority.certificate }),
  );
  expect(proved).toBe(true);
  expect(printed[1]).toMatch(
    /^proved {2}certificate: hub\.example\.com, of stack authority, .* on hub1, hub2, hub3$/,
  );
  expect(printed.at(-1)).toBe("5 proved, 0 failed");
  // Without it every check that asks a node fails.
  expect((await prove(stackOf(outputs))).printed.at(-1)).toBe("1 proved, 4 failed");
});

test("the document for programs has every check, and nothing is printed besides", async () => {
  const { proved, printed } = await prove(await deployed({ hub3: { forgetful: true } }), {
    json: true,
  });
  expect(proved).toBe(false);
  expect(printed).toHaveLength(1);
  expect(JSON.parse(printed[0]!)).toEqual({
    stack: "prod",
    url: `http://hub.example.com:${String(registry!.port)}`,
    nodes: NODES,
    checks: [
      { name: "DNS round robin", passed: true, text: expect.any(String), remedy: null },
      { name: "push and pull", passed: true, text: expect.any(String), remedy: null },
      { name: "tokens", passed: true, text: expect.any(String), remedy: null },
      {
        name: "web session",
        passed: false,
        text: "the session of hub1 is lost on other nodes\nhub3 answers 401 (10 times)",
        remedy: expect.stringContaining("redis"),
      },
    ],
    summary: { proved: 3, failed: 1 },
  });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["nothing is deployed", {}, /nothing is deployed yet \(pulumi up\)/],
  [
    "a deployment did not end",
    { url: "x" },
    /has no output `adminPassword`: .*run `pulumi up` first/,
  ],
])("it cannot be tried when %s", async (_, outputs, message) => {
  await expect(prove(stackOf(outputs))).rejects.toThrow(message);
});

/** The program as a person runs it, with a CLI that knows one stack. */
async function main(outputs: object, ...args: string[]) {
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputs));
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh
case "$*" in
  version*) echo v3.245.0 ;;
  "config "*"--stack prod "*) echo '{}' ;;
  "stack output"*) cat "\${0%/*}/outputs.json" ;;
  *) echo "unexpected: $*" >&2; exit 3 ;;
esac
`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  const program = ["--require", join(PROJECT, "loader.js"), join(PROJECT, "operate/prove/main.ts")];
  const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]!}` };
  const child = spawn(process.execPath, [...program, ...args], { env });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on("close", (status) => resolve({ status, ...output })),
  );
}

/** A registry of one node, by a name that this machine finds. */
async function local(state: NodeState, accounts = [`admin:${PASSWORD}`]) {
  registry = await registryNodes({ "127.0.0.1": state }, accounts);
  const url = `http://localhost:${String(registry.port)}`;
  return { url, nodes: NODES.slice(0, 1), adminPassword: PASSWORD };
}

test("the program ends with 0 when all is proved", async () => {
  const { status, stdout, stderr } = await main(await local({}), "--stack", "prod");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^4 proved, 0 failed$/m);
});

test("the program ends with 1 when something failed, with a document for programs", async () => {
  const outputs = await local({ corrupt: true });
  const { status, stdout } = await main(outputs, "--stack", "prod", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ stack: "prod", summary: { proved: 3, failed: 1 } });
});

test("the program ends with 2 when it could not be tried", async () => {
  const wrong = await main(await local({}, []), "--stack", "prod");
  expect(wrong).toMatchObject({ status: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/^prove: the registry refuses the first password of admin/);
  const none = await main({});
  expect(none).toMatchObject({ status: 2, stdout: "" });
  expect(none.stderr).toMatch(/^prove: --stack is missing\n\nusage: npm run prove -- --stack NAME/);
});
