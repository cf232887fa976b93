import { type AddressInfo, createServer } from "node:net";
import { Readable, Writable } from "node:stream";
import { Server } from "ssh2";
import type { Connection } from "../../host/ssh/connection";
import { NoConnection, StepFailed, runStep } from "../../host/ssh/step";
import { hostKey, sshKeyPair, type SshServer, sshServer, userKey } from "./fixtures/ssh-server";

let server: SshServer;
beforeAll(async () => {
  server = await sshServer();
});
afterAll(() => server.close());

const connection = (changes: Partial<Connection> = {}): Connection => ({
  host: "127.0.0.1",
  port: server.port,
  user: "root",
  privateKey: userKey.private,
  hostKey: hostKey.public,
  dialErrorLimit: 0,
  perDialTimeout: 5,
  ...changes,
});

const lines: string[] = [];
beforeEach(() => void lines.splice(0));

function step(command: string, stdin: string | Readable = "", changes: Partial<Connection> = {}) {
  return { node: "hub1", connection: connection(changes), command, stdin };
}
const run = (...args: Parameters<typeof step>) =>
  runStep(step(...args), (line) => lines.push(line));
const failure = (...args: Parameters<typeof step>) =>
  run(...args).then(
    () => undefined,
    (error: unknown) => error,
  );

test("what a step prints is returned, and what it says is reported line by line", async () => {
  expect(await run("cat; echo hub1: one >&2; echo hub1: two >&2", "input")).toBe("input");
  expect(lines).toEqual(["hub1: one", "hub1: two"]);
});

test("its input may be a stream, and its output go to one, byte by byte", async () => {
  const bytes = Buffer.from([0, 255, 10, 13, 128, 10]);
  const seen: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      seen.push(chunk);
      done();
    },
  });
  const text = await runStep(step("cat", Readable.from([bytes])), () => undefined, sink);
  expect({ text, seen: Buffer.concat(seen) }).toEqual({ text: "", seen: bytes });
});

test("a step that fails is no more than that: its command and its input are not repeated", async () => {
  const error = await failure("echo hub1: the reason >&2; exit 3 # the command", "the input");
  expect(error).toBeInstanceOf(StepFailed);
  expect((error as Error).message).toBe("hub1: the step failed; its last lines say why");
  expect(lines).toEqual(["hub1: the reason"]);
});

test("a host that is not there is told from one that refuses", async () => {
  const nobody = await failure("true", "", { port: 1 });
  expect(nobody).toMatchObject({ name: "NoConnection", node: "hub1", silent: true });
  expect((nobody as Error).message).toMatch(/^no SSH to 127\.0\.0\.1:1: .*ECONNREFUSED/);

  const otherKey = await failure("true", "", { hostKey: sshKeyPair().public });
  expect(otherKey).toMatchObject({ name: "NoConnection", silent: false });
  const stranger = await failure("true", "", { privateKey: sshKeyPair().private });
  expect(stranger).toMatchObject({ name: "NoConnection", silent: false });
  expect((stranger as Error).message).toContain("unable to authenticate");
});

test("a bastion that is not there says nothing of the host behind it", async () => {
  const proxy = { ...connection({ port: 1 }) };
  const error = await failure("true", "", { proxy });
  expect(error).toBeInstanceOf(NoConnection);
  expect(error).toMatchObject({ silent: false });
});

test("nor does one that takes the connection and says nothing", async () => {
  const mute = createServer();
  await new Promise<void>((done) => mute.listen(0, "127.0.0.1", done));
  const { port } = mute.address() as AddressInfo;
  const proxy = connection({ port, perDialTimeout: 1 });
  const error = await failure("true", "", { proxy });
  mute.close();
  expect((error as Error).message).toContain("Timed out while waiting for handshake");
  expect(error).toMatchObject({ name: "NoConnection", silent: false });
});

test("an SSH agent that is gone says nothing of a host that refuses the key", async () => {
  const error = await failure("true", "", {
    privateKey: sshKeyPair().private,
    // Nobody listens at a file.
    agentSocketPath: __filename,
  });
  expect(error).toMatchObject({ name: "NoConnection", silent: false });
  expect((error as Error).message).toContain("unable to authenticate");
});

test("a connection that is lost on the way is said, as the step could not", async () => {
  const host = new Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => attempt.accept());
    client.on("session", (accept) => accept().on("exec", () => client.end()));
  });
  await new Promise<void>((done) => host.listen(0, "127.0.0.1", done));
  const error = await failure("true", "", { port: (host.address() as AddressInfo).port });
  await new Promise((done) => host.close(done));
  expect(error).toMatchObject({ name: "StepFailed", lost: true });
  expect((error as Error).message).toMatch(/^hub1: the connection was lost .*; run again$/);
});

test.each([
  ["fails", (sink: Writable) => sink.destroy(new Error("no space"))],
  ["is closed", (sink: Writable) => sink.destroy()],
])("where what takes its output %s, a step that goes on is not waited for", async (_, end) => {
  const sink = new Writable({ write: () => end(sink) });
  const ran = runStep(step("echo begun; exec sleep 2"), () => undefined, sink);
  await expect(ran).rejects.toBeInstanceOf(StepFailed);
});

test("a bastion may take its time with a host that is off: one try has its own end", async () => {
  const bastion = new Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (attempt) => attempt.accept());
    // It neither opens the channel nor refuses it.
    client.on("tcpip", () => undefined);
  });
  await new Promise<void>((done) => bastion.listen(0, "127.0.0.1", done));
  const { port } = bastion.address() as AddressInfo;
  const error = await failure("true", "", {
    perDialTimeout: 1,
    proxy: connection({ port, hostKey: hostKey.public }),
  });
  await new Promise((done) => bastion.close(done));
  expect(error).toMatchObject({ name: "NoConnection", silent: true });
});
