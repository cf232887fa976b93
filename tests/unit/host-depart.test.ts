import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { DepartureRequest } from "../../host/depart/request";
import type { Connection } from "../../host/ssh/connection";
import { hostKey, sshKeyPair, type SshServer, sshServer, userKey } from "./fixtures/ssh-server";

/* The program as the engine runs it on this machine, against hosts that are SSH servers of the test. */

const ROOT = resolve(__dirname, "../..");
/** Nothing listens there. */
const NOBODY = 1;

let leaving: SshServer;
let other: SshServer;
beforeEach(async () => {
  leaving = await sshServer();
  other = await sshServer();
});
afterEach(async () => {
  await leaving.close();
  await other.close();
});

const connection = (port: number, changes: Partial<Connection> = {}): Connection => ({
  host: "127.0.0.1",
  port,
  user: "root",
  privateKey: userKey.private,
  hostKey: hostKey.public,
  dialErrorLimit: 0,
  perDialTimeout: 5,
  ...changes,
});

const says = (line: string) => `cat >/dev/null; echo '${line}' >&2`;
const undo = (command: string, at = connection(leaving.port)) => ({
  node: "hub3",
  connection: at,
  command,
  stdin: "Secret-input",
});
const expels = (node: string, command: string, port: number) => ({
  node,
  connection: connection(port),
  command,
});

const COMEBACK = "Should it come back, take it out again.";
const BY_HAND = "Take the record away by hand.";
const request = (changes: Partial<DepartureRequest> = {}): DepartureRequest => ({
  node: "hub3",
  undo: [undo(says("hub3: stopped")), undo(says("hub3: unmounted"))],
  expulsion: {
    others: [
      expels("hub1", "true", NOBODY),
      expels("hub2", "cat >&2; echo; echo its record is withdrawn", other.port),
    ],
    stdin: "hub2: withdrawing",
    byHand: BY_HAND,
  },
  comeback: COMEBACK,
  patience: 0,
  ...changes,
});

/** Everything that it wrote, and its status. */
async function depart(input: DepartureRequest | string) {
  const program = ["--require", "./loader.js", "host/depart/main.ts"];
  const child = spawn(process.execPath, program, { cwd: ROOT });
  child.stdin.end(typeof input === "string" ? input : JSON.stringify(input));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const [stdout, stderr, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]);
  expect(stdout).toBe("");
  expect(stderr).not.toContain("Secret");
  expect(stderr).not.toContain("PRIVATE KEY");
  return { status, lines: stderr.split("\n").slice(0, -1) };
}

const dead = () => [undo(says("never"), connection(NOBODY))];

test("a host that answers is cleaned in the order given, and no other node is asked", async () => {
  expect(await depart(request())).toEqual({
    status: 0,
    lines: ["hub3: stopped", "hub3: unmounted"],
  });
  expect(other.commands).toEqual([]);
});

test("a step that fails ends it: later ones are not run, and nobody takes the host out", async () => {
  const steps = [undo(`${says("hub3: the reason")}; exit 1`), undo(says("never"))];
  expect(await depart(request({ undo: steps }))).toEqual({
    status: 1,
    lines: ["hub3: the reason", "hub3: the step failed; its last lines say why"],
  });
  expect(leaving.commands).toHaveLength(1);
  expect(other.commands).toEqual([]);
});

test("a host that is gone is taken out by the first node that answers", async () => {
  expect(await depart(request({ undo: dead() }))).toEqual({
    status: 0,
    lines: [
      "hub2: withdrawing",
      `hub3: does not answer; taken out without being cleaned; its record is withdrawn (by hub2). ${COMEBACK}`,
    ],
  });
});

test("the next node is asked where one can't do it", async () => {
  const { expulsion } = request();
  const others = [
    expels("hub1", "echo hub1: refused >&2; exit 1", leaving.port),
    expulsion!.others[1]!,
  ];
  const { status, lines } = await depart(
    request({ undo: dead(), expulsion: { ...expulsion!, others } }),
  );
  expect(status).toBe(0);
  expect(lines.slice(0, 2)).toEqual([
    "hub1: refused",
    "hub1: the step failed; its last lines say why",
  ]);
  expect(lines.at(-1)).toContain("its record is withdrawn (by hub2)");
});

test("where nodes answer and none can do it, the host is not given up", async () => {
  const others = [expels("hub1", "true", NOBODY), expels("hub2", "exit 1", other.port)];
  const { status, lines } = await depart(
    request({ undo: dead(), expulsion: { others, stdin: "", byHand: BY_HAND } }),
  );
  expect(status).toBe(1);
  expect(lines).toEqual([
    "hub2: the step failed; its last lines say why",
    "hub3: does not answer, and no other node could take it out; the lines above say why: correct that and run again",
  ]);
});

test("where nobody answers any more, one line says what is left to do", async () => {
  const others = [expels("hub1", "true", NOBODY), expels("hub2", "true", NOBODY)];
  expect(
    await depart(request({ undo: dead(), expulsion: { others, stdin: "", byHand: BY_HAND } })),
  ).toEqual({
    status: 0,
    lines: [
      `hub3: does not answer; taken out without being cleaned, and no other node answers. ${BY_HAND} ${COMEBACK}`,
    ],
  });
});

test("a host that shares nothing is let go by itself", async () => {
  const alone: DepartureRequest = { node: "hub3", undo: dead(), comeback: COMEBACK, patience: 0 };
  expect(await depart(alone)).toEqual({
    status: 0,
    lines: [`hub3: does not answer; taken out without being cleaned. ${COMEBACK}`],
  });
});

test.each([
  ["refuses the login", () => ({ privateKey: sshKeyPair().private })],
  ["has another host key", () => ({ hostKey: sshKeyPair().public })],
  ["is behind a bastion that is gone", () => ({ proxy: connection(NOBODY) })],
])("a host that %s is not taken for gone", async (_, changes) => {
  const { status, lines } = await depart(
    request({ undo: [undo("true", connection(leaving.port, changes()))] }),
  );
  expect(status).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(
      /^hub3: no SSH to 127\.0\.0\.1:\d+: .*hostKey, bastion; ssh\.privateKey\)$/,
    ),
  ]);
  expect(other.commands).toEqual([]);
});

test("a host that is about to boot is waited for", async () => {
  const { port } = leaving;
  await leaving.close();
  const departure = depart(request({ patience: 20 }));
  await new Promise((done) => setTimeout(done, 1500));
  leaving = await sshServer(port);
  expect(await departure).toMatchObject({
    status: 0,
    lines: ["hub3: stopped", "hub3: unmounted"],
  });
});

test("an input that is no request is refused without being repeated", async () => {
  expect(await depart("Secret-thing")).toEqual({
    status: 1,
    lines: ["standard input is no JSON: the engine starts this program; run pulumi up"],
  });
});
