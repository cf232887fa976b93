import { mkdtemp, readFile, rm, stat, writeFile, open, mkdir } from "node:fs/promises";
import { spawn } from "node:child_process";
import { createServer, connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, utils, type Connection, type SFTPWrapper } from "ssh2";
import { quote } from "../../lab/plugins/command/run";
import { command } from "../../lab/plugins/command/plugin";
import { Operations } from "../../lab/plugins/protocol/operations";
import { isSecret, revealAll, secret, type Properties } from "../../lab/plugins/protocol/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const COMMAND = "urn:pulumi:dev::lab::command:remote:Command::probe";
const COPY = "urn:pulumi:dev::lab::command:remote:CopyToRemote::file";

const hostKey = utils.generateKeyPairSync("ed25519");
const otherKey = utils.generateKeyPairSync("ed25519");
const userKey = utils.generateKeyPairSync("ed25519");

/** The few requests a copy makes, on this machine's own files. */
function serveFiles(sftp: SFTPWrapper): void {
  const { OK, NO_SUCH_FILE } = utils.sftp.STATUS_CODE;
  const files = new Map<string, Awaited<ReturnType<typeof open>>>();
  const done = (id: number) => (error?: unknown) => sftp.status(id, error ? NO_SUCH_FILE : OK);
  const attributes = (id: number, path: string) =>
    stat(path).then(
      ({ mode, uid, gid, size }) => sftp.attrs(id, { mode, uid, gid, size, atime: 0, mtime: 0 }),
      done(id),
    );
  sftp.on("STAT", (id, path) => void attributes(id, path));
  sftp.on(
    "FSTAT",
    (id, handle) =>
      void files
        .get(handle.toString())
        ?.stat()
        .then(() => sftp.status(id, OK)),
  );
  sftp.on("MKDIR", (id, path) => void mkdir(path).then(() => sftp.status(id, OK), done(id)));
  sftp.on("OPEN", (id, path) => {
    const name = String(files.size);
    const opened = open(path, "w").then((file) => {
      files.set(name, file);
      sftp.handle(id, Buffer.from(name));
    });
    void opened.catch(done(id));
  });
  sftp.on("WRITE", (id, handle, offset, data) => {
    const written = files.get(handle.toString())!.write(data, 0, data.length, offset);
    void written.then(() => sftp.status(id, OK), done(id));
  });
  sftp.on("CLOSE", (id, handle) => {
    void files
      .get(handle.toString())!
      .close()
      .then(() => sftp.status(id, OK), done(id));
  });
}

function serveClient(client: Connection): void {
  client.on("error", () => undefined);
  client.on("authentication", (attempt) => {
    const expected = utils.parseKey(userKey.public);
    if (expected instanceof Error) throw expected;
    const known =
      attempt.method === "publickey" && attempt.key.data.equals(expected.getPublicSSH());
    const password = attempt.method === "password" && attempt.password === "right";
    if (known || password) attempt.accept();
    else attempt.reject(["publickey", "password"]);
  });
  client.on("tcpip", (accept, _reject, { destIP, destPort }) => {
    const target = connect(destPort, destIP, () => {
      const channel = accept();
      channel.pipe(target).pipe(channel);
    });
  });
  client.on("session", (acceptSession) => {
    const session = acceptSession();
    session.on("sftp", (accept) => serveFiles(accept()));
    session.on("exec", (accept, _reject, { command: line }) => {
      const channel = accept();
      const child = spawn("/bin/sh", ["-c", line]);
      channel.stdin.pipe(child.stdin);
      child.stdin.on("error", () => undefined);
      child.stdout.on("data", (chunk: Buffer) => channel.write(chunk));
      child.stderr.on("data", (chunk: Buffer) => channel.stderr.write(chunk));
      child.on("close", (code, signal) => {
        if (signal) channel.exit(signal.replace("SIG", ""), false, "");
        else channel.exit(code ?? 0);
        channel.end();
      });
    });
  });
}

async function listen(port = 0): Promise<{ port: number; close: () => Promise<void> }> {
  const server = new Server({ hostKeys: [hostKey.private] }, serveClient);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const operations = new Operations(command);
let ssh: Awaited<ReturnType<typeof listen>>;
let folder: string;
let lines: string[];
const log = {
  status: (line: string) => lines.push(line),
  warn: (line: string) => lines.push(`warning: ${line}`),
  error: (line: string) => lines.push(`error: ${line}`),
};

const connection = (more: Properties = {}): Properties => ({
  host: "127.0.0.1",
  port: ssh.port,
  privateKey: secret(userKey.private),
  hostKey: hostKey.public,
  dialErrorLimit: 0,
  ...more,
});

function create(urn: string, inputs: Properties) {
  const checked = operations.check(urn, inputs);
  expect(checked.failures).toEqual([]);
  return operations.create(urn, checked.inputs, false, log);
}

function update(urn: string, state: Properties, inputs: Properties) {
  return operations.update(urn, state, operations.check(urn, inputs).inputs, false, log);
}

beforeAll(async () => {
  ssh = await listen();
  folder = await mkdtemp(join(tmpdir(), "lab-plugins-"));
});
afterAll(async () => {
  await ssh.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  lines = [];
});

describe("a command", () => {
  test("gets its input, and its output is recorded and logged", async () => {
    const { id, outputs } = await create(COMMAND, {
      connection: connection(),
      create: "tr a-z A-Z; echo; echo to stderr >&2",
      stdin: secret("hidden"),
    });
    expect(id).toMatch(/^probe[0-9a-f]{8}$/);
    expect(outputs).toMatchObject({
      stdout: "HIDDEN",
      stderr: "to stderr",
      stdin: secret("hidden"),
    });
    expect(isSecret(outputs["connection"])).toBe(true);
    expect([...lines].sort()).toEqual(["HIDDEN", "to stderr"]);
  });

  test.each([
    ["none", []],
    ["stdout", ["out"]],
    ["stderr", ["err"]],
  ])("logs as told: %s", async (logging, expected) => {
    await create(COMMAND, {
      connection: connection(),
      create: "echo out; echo err >&2",
      logging,
    });
    expect(lines).toEqual(expected);
  });

  test("only the last line's end is cut off the output", async () => {
    const { outputs } = await create(COMMAND, {
      connection: connection(),
      create: "printf ' a\\n\\n'",
    });
    expect(outputs["stdout"]).toBe(" a\n");
  });

  test("that fails tells its status, itself and all it wrote", async () => {
    const failing = create(COMMAND, { connection: connection(), create: 'echo "on"\nexit 3' });
    await expect(failing).rejects.toThrow(
      'Process exited with status 3: running "echo \\"on\\"\\nexit 3":\non\n',
    );
    const killed = create(COMMAND, { connection: connection(), create: "kill -TERM $$" });
    await expect(killed).rejects.toThrow("Process exited with status 143 from signal TERM");
  });

  test("updates by `update`, else by `create`, and deletes by `delete` if given", async () => {
    const file = join(folder, "steps");
    const steps = (step: string) => `echo ${step} >> ${file}`;
    const base = { connection: connection(), create: steps("create") };
    const state = (await create(COMMAND, base)).outputs;
    await update(COMMAND, state, base);
    const full = { ...base, update: steps("update"), delete: steps("delete") };
    const updated = await update(COMMAND, state, full);
    await operations.delete(COMMAND, state, log);
    await operations.delete(COMMAND, updated, log);
    expect(await readFile(file, "utf8")).toBe("create\ncreate\nupdate\ndelete\n");
  });

  test("without anything to run needs no host", async () => {
    const { outputs } = await create(COMMAND, { connection: { host: "192.0.2.1" } });
    expect(outputs).toMatchObject({ stdout: "", stderr: "" });
  });

  test("refuses an environment as a server does that accepts none", async () => {
    const inputs = { connection: connection(), create: "true", environment: { NAME: "1" } };
    await expect(create(COMMAND, inputs)).rejects.toThrow(
      'could not set environment variable "NAME"',
    );
  });
});

describe("a connection", () => {
  test("is refused for another host key than the given one", async () => {
    const inputs = { connection: connection({ hostKey: otherKey.public }), create: "true" };
    await expect(create(COMMAND, inputs)).rejects.toThrow("ssh: host key mismatch");
  });

  test("takes any host key where none is given, and a password", async () => {
    const login = { host: "127.0.0.1", port: ssh.port, password: secret("right") };
    const { outputs } = await create(COMMAND, { connection: login, create: "echo in" });
    expect(outputs["stdout"]).toBe("in");
  });

  test("that is not let in says which ways it tried, and not with what", async () => {
    const inputs = {
      connection: connection({ privateKey: otherKey.private, password: "wrong-secret" }),
      create: "true",
    };
    const failing = create(COMMAND, inputs).catch((error: Error) => error.message);
    expect(await failing).toMatch(/unable to authenticate, attempted methods \[none publickey/);
    expect(await failing).not.toContain("wrong-secret");
  });

  test("is tried again until the host is there", async () => {
    const port = await freePort();
    const later = new Promise<Awaited<ReturnType<typeof listen>>>((resolve) => {
      setTimeout(() => resolve(listen(port)), 400);
    });
    const inputs = { connection: connection({ port, dialErrorLimit: 10 }), create: "echo up" };
    expect((await create(COMMAND, inputs)).outputs["stdout"]).toBe("up");
    expect(lines[0]).toBe("Dial 1/10 failed: retrying");
    await (await later).close();
  });

  test("is given up after the limit, with the number of attempts", async () => {
    const port = await freePort();
    const inputs = { connection: connection({ port, dialErrorLimit: 2 }), create: "true" };
    await expect(create(COMMAND, inputs)).rejects.toThrow(/^after 2 failed attempts: dial tcp/);
    expect(lines).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
  });

  test("goes through a bastion, whose failures are told as its own", async () => {
    const bastion = await listen();
    const proxy = connection({ port: bastion.port });
    const inputs = { connection: connection({ proxy }), create: "echo through" };
    expect((await create(COMMAND, inputs)).outputs["stdout"]).toBe("through");
    const wrong = connection({ proxy: { ...proxy, hostKey: otherKey.public } });
    await expect(create(COMMAND, { ...inputs, connection: wrong })).rejects.toThrow(
      /^proxy: .*host key mismatch/,
    );
    await bastion.close();
  });
});

describe("a copy", () => {
  const asset = (content: Properties, hash: string) => ({
    [SIGNATURE]: ASSET,
    hash,
    ...content,
  });

  test("creates the folders on the way, overwrites, and goes into a folder", async () => {
    const source = join(folder, "source");
    const content = Buffer.alloc(300_000, "content ");
    await writeFile(source, content);
    const remotePath = join(folder, "a/b/target");
    const inputs = { connection: connection(), source: asset({ path: source }, "1"), remotePath };
    const { outputs } = await create(COPY, inputs);
    expect((await readFile(remotePath)).equals(content)).toBe(true);
    const into = { ...inputs, remotePath: join(folder, "a") };
    await update(COPY, outputs, into);
    expect((await readFile(join(folder, "a/source"))).equals(content)).toBe(true);
  });

  test("of text, again only when the text or the path is another", async () => {
    const remotePath = join(folder, "text");
    const inputs = { connection: connection(), source: asset({ text: "one" }, "1"), remotePath };
    const { outputs } = await create(COPY, inputs);
    expect(await readFile(remotePath, "utf8")).toBe("one");
    await writeFile(remotePath, "changed by hand");
    const state = revealAll(outputs);
    await update(COPY, state, { ...inputs, triggers: [] });
    expect(await readFile(remotePath, "utf8")).toBe("changed by hand");
    const two = { ...inputs, source: asset({ text: "two" }, "2") };
    await update(COPY, state, two);
    expect(await readFile(remotePath, "utf8")).toBe("two");
  });

  test("of text onto a folder is an error", async () => {
    const inputs = {
      connection: connection(),
      source: asset({ text: "x" }, "1"),
      remotePath: folder,
    };
    await expect(create(COPY, inputs)).rejects.toThrow("remotePath must be a file path");
  });
});

test("commands are quoted on one line, as Go does it", () => {
  expect(quote('a "b"\n\té\\ \u0007\u0000\u007f')).toBe('"a \\"b\\"\\n\\té\\\\ \\a\\x00\\x7f"');
});
