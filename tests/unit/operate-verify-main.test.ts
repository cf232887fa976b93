import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Verification } from "../../components/verification";
import { verifyStack } from "../../operate/verify/verify";
import { type SshServer, hostKey, sshServer, userKey } from "./fixtures/ssh-server";
import { DECLARED, type Planted, planted } from "./fixtures/verification";

const PROJECT = join(__dirname, "../..");

let servers: SshServer[];
let bin: string;
// The module itself, as the SSH servers have it.
const childProcess = jest.requireActual<typeof import("node:child_process")>("node:child_process");
const { spawn } = childProcess;

beforeEach(async () => {
  servers = await Promise.all([sshServer(), sshServer(), sshServer()]);
  bin = mkdtempSync(join(tmpdir(), "harbor-ha-verify-"));
  // In place of the script on a node: it says what the test has for that node.
  program("bash", 'cat >/dev/null; sed "s/CLOCK/$(date +%s%3N)/" "${0%/*}/$NODE.facts"');
  program("sudo", 'shift; exec "$@"');
  // Jest's process.env is a copy: what it starts does not see a change.
  jest
    .spyOn(childProcess, "spawn")
    .mockImplementation(((command: string, args: string[]) =>
      spawn(command, args, { env: environment() })) as never);
});

const environment = () => ({
  ...process.env,
  PATH: `${bin}:${process.env["PATH"]}`,
  NO_COLOR: "1",
});

afterEach(async () => {
  jest.restoreAllMocks();
  rmSync(bin, { recursive: true });
  await Promise.all(servers.map((server) => server.close()));
});

function program(name: string, text: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** What was declared, for nodes that the servers stand for; each says that all is as declared. */
function deployed(changes: Planted = {}): Verification {
  const end = new Date(Date.now() + 90 * 86_400_000).toISOString();
  for (const { name } of DECLARED.nodes) {
    const facts = planted({
      clock: ["clock | known | CLOCK"],
      certificate: [`certificate | known | ok | ${end}`],
      ...(name === "hub2" ? changes : {}),
    });
    writeFileSync(join(bin, `${name}.facts`), facts);
  }
  return {
    ...DECLARED,
    certificate: { pin: "sha256//cGlu", expiry: end },
    nodes: DECLARED.nodes.map((node, i) => ({
      ...node,
      connection: {
        ...node.connection,
        host: "127.0.0.1",
        port: servers[i]!.port,
        hostKey: hostKey.public,
      },
    })),
  };
}

/** A stack with these outputs, whose settings have the key. */
function stackOf(
  outputs: Record<string, unknown>,
  key: string | undefined = userKey.private,
): Stack {
  const values = Object.entries(outputs).map(([name, value]) => [name, { value, secret: true }]);
  const stack = {
    name: "prod",
    outputs: async () => Object.fromEntries(values) as unknown,
    getConfig: async (name: string, path: boolean) => {
      if (name !== "harbor-ha:ssh.privateKey" || !path || !key)
        throw new Error("configuration key 'ssh.privateKey' not found");
      return { value: key, secret: true };
    },
  };
  return stack as unknown as Stack;
}

async function verify(verification: Verification, json = false) {
  const printed: string[] = [];
  const agrees = await verifyStack(stackOf({ verification }), {
    json,
    print: (text) => printed.push(text),
  });
  return { agrees, printed };
}

test("nodes that are as declared agree, by one login each", async () => {
  const { agrees, printed } = await verify(deployed());
  expect(printed.at(-1)).toBe("all 19 checks agree");
  expect(agrees).toBe(true);
  for (const { commands } of servers) expect(commands).toHaveLength(1);
  expect(servers[1]!.commands[0]).toMatch(/^# harbor-ha: verify on hub2 .*\nexec sudo -n env /);
});

test("no command has a key, a pin or a sum in it", async () => {
  const declared = deployed();
  await verify(declared);
  for (const { commands } of servers) {
    expect(commands[0]).not.toContain("PRIVATE KEY");
    expect(commands[0]).not.toContain(declared.certificate!.pin);
    expect(commands[0]).not.toMatch(/[0-9a-f]{64}/);
  }
});

test("a difference is told, in the document for programs too", async () => {
  const { agrees, printed } = await verify(
    deployed({ redis: ["redis | known | refused | no answer"] }),
    true,
  );
  expect(agrees).toBe(false);
  expect(printed).toHaveLength(1);
  const { summary } = JSON.parse(printed[0]!) as { summary: unknown };
  expect(summary).toEqual({ agrees: false, checks: 19, differences: 1 });
});

test("a clock that is off is seen through the network", async () => {
  const { printed } = await verify(deployed({ clock: ["clock | known | 1800000000000"] }));
  expect(printed.join("\n")).toMatch(
    /hub2: clock: the clock is [\d.]+ s (ahead|behind) of the others'/,
  );
});

test("nodes that do not answer, or fail, hide nothing of the others", async () => {
  const declared = deployed();
  await servers[2]!.close();
  servers.pop();
  rmSync(join(bin, "hub2.facts"));
  const { agrees, printed } = await verify(declared);
  expect(agrees).toBe(false);
  expect(printed).toContain("reachable    ok    no end  no SSH");
  expect(printed).toContain("redis        ok    -       -");
  expect(printed.join("\n")).toMatch(/hub3: reachable: no SSH to 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
});

test("a look that is cut off is no look", async () => {
  const { printed } = await verify(deployed({ end: [] }));
  expect(printed.join("\n")).toContain("hub2: reachable: the connection ended before the look did");
});

test.each<[string, Record<string, unknown>, string | undefined, RegExp]>([
  ["nothing is deployed", {}, undefined, /^the stack prod has no outputs: nothing is deployed yet/],
  [
    "an earlier version deployed it",
    { url: "x" },
    undefined,
    /has no output `verification`: .*`pulumi up`/,
  ],
  [
    "its settings have no key",
    { verification: DECLARED },
    "",
    /have no ssh\.privateKey; use the file it was deployed with \(Pulumi\.prod\.yaml\)$/,
  ],
])("it cannot look when %s", async (_, outputs, key, message) => {
  await expect(verifyStack(stackOf(outputs, key), { print: () => undefined })).rejects.toThrow(
    message,
  );
});

/** The program as a person runs it. */
function main(
  ...args: string[]
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const node = ["--require", join(PROJECT, "loader.js"), join(PROJECT, "operate/verify/main.ts")];
  const child = spawn(process.execPath, [...node, ...args], { env: environment() });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (output.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output.stderr += data.toString()));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, ...output })));
}

/** A CLI that knows one stack, and takes no command that would change anything for its user. */
function pulumiKnows(verification: Verification): void {
  const outputs = JSON.stringify({ verification });
  writeFileSync(join(bin, "outputs.json"), outputs);
  writeFileSync(join(bin, "key.json"), JSON.stringify({ value: userKey.private, secret: true }));
  program(
    "pulumi",
    `here=\${0%/*}
case "$*" in
  version*) echo v3.245.0 ;;
  "config get"*) cat "$here/key.json" ;;
  "config "*"--stack prod "*) echo '{}' ;;
  "config "*"--stack locked "*) echo "error: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE" >&2; exit 255 ;;
  "config "*"--stack x "*) echo "error: no stack named 'x' found" >&2; exit 255 ;;
  "stack ls"*) echo '[{"name":"prod","current":false}]' ;;
  "stack output"*) cat "$here/outputs.json" ;;
  *) echo "unexpected: $*" >&2; exit 3 ;;
esac`,
  );
}

test("the program ends with 0 when all agrees", async () => {
  pulumiKnows(deployed());
  const { status, stdout, stderr } = await main("--stack", "prod");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("all 19 checks agree\n");
});

test("the program ends with 1 on a difference, and with --json says nothing but the document", async () => {
  pulumiKnows(deployed({ redis: ["redis | known | refused | no answer"] }));
  const { status, stdout } = await main("--stack", "prod", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ stack: "prod", summary: { differences: 1 } });
});

test.each<[string, string[], RegExp]>([
  ["no stack is named", [], /^verify: --stack is missing\n\nusage: npm run verify -- --stack NAME/],
  ["an argument is unknown", ["--stak", "prod"], /^verify: Unknown option '--stak'/],
  ["there is no such stack", ["--stack", "x"], /^verify: there is no stack x; there are: prod\n$/],
  [
    "secrets cannot be read",
    ["--stack", "locked"],
    /^verify: getting secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE\n$/,
  ],
])(
  "the program ends with 2 when %s",
  async (_, args, message) => {
    pulumiKnows(deployed());
    const { status, stdout, stderr } = await main(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  },
  30_000,
);
