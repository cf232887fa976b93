import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quote } from "../../host/ssh/command-error";
import { command } from "../../lab/plugins/command/plugin";
import { Operations } from "../../lab/plugins/protocol/operations";
import { isSecret, secret, type Properties } from "../../lab/plugins/protocol/values";
import { hostKey, sshKeyPair, sshServer, type SshServer, userKey } from "./fixtures/ssh-server";

const COMMAND = "urn:pulumi:dev::lab::command:remote:Command::probe";
const LOCAL = "urn:pulumi:dev::lab::command:local:Command::probe";

const otherKey = sshKeyPair();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const operations = new Operations(command);
let ssh: SshServer;
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
  ssh = await sshServer();
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
    const later = new Promise<SshServer>((resolve) => {
      setTimeout(() => resolve(sshServer(port)), 400);
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
    const bastion = await sshServer();
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

describe("a command on this machine", () => {
  const shellOf = (inputs: Properties) => create(LOCAL, inputs).then(({ outputs }) => outputs);

  test("gets its input, and its output is recorded and logged", async () => {
    const { id, outputs } = await create(LOCAL, {
      create: "tr a-z A-Z; echo; echo to stderr >&2",
      stdin: secret("hidden"),
    });
    expect(id).toMatch(/^probe[0-9a-f]{8}$/);
    expect(outputs).toEqual({
      create: "tr a-z A-Z; echo; echo to stderr >&2",
      stdin: secret("hidden"),
      stdout: "HIDDEN",
      stderr: "to stderr",
    });
    expect([...lines].sort()).toEqual(["HIDDEN", "to stderr"]);
  });

  test("is told a line when it is written, not at the end", async () => {
    const file = join(folder, "go-on");
    const running = shellOf({
      create: `echo waiting >&2; until [ -e ${file} ]; do sleep 0.02; done`,
    });
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(lines).toEqual(["waiting"]);
    await create(LOCAL, { create: `: >${file}` });
    expect((await running)["stderr"]).toBe("waiting");
  });

  test("that reads nothing does not wait for input, and may leave it", async () => {
    expect((await shellOf({ create: "cat; echo end" }))["stdout"]).toBe("end");
    const stdin = "x".repeat(1024 * 1024);
    expect((await shellOf({ create: "echo end", stdin }))["stdout"]).toBe("end");
  });

  test("runs by the interpreter, in the folder and with the variables that are given", async () => {
    const interpreter = ["/bin/sh", "-c", 'pwd; echo "$NAME"; echo "$0"'];
    const outputs = await shellOf({
      create: "the command",
      interpreter,
      dir: folder,
      environment: { NAME: "value" },
    });
    expect(outputs["stdout"]).toBe(`${await realpath(folder)}\nvalue\nthe command`);
  });

  test("that fails tells its status, itself and all it wrote", async () => {
    await expect(shellOf({ create: 'echo "on"\nexit 3' })).rejects.toThrow(
      'exit status 3: running "echo \\"on\\"\\nexit 3":\non\n',
    );
    await expect(shellOf({ create: "kill -TERM $$" })).rejects.toThrow(/^signal: terminated: /);
    await expect(shellOf({ create: "true", dir: join(folder, "none") })).rejects.toThrow(
      /^chdir .*none: no such file or directory/,
    );
    const interpreter = [join(folder, "none")];
    await expect(shellOf({ create: "true", interpreter })).rejects.toThrow(/ENOENT/);
  });

  test("knows what its last run wrote, unless it shall not", async () => {
    const inputs = { create: 'echo "$PULUMI_COMMAND_STDOUT$PULUMI_COMMAND_STDERR"; echo e >&2' };
    const first = await create(LOCAL, { ...inputs, create: "echo one; echo two >&2" });
    expect((await update(LOCAL, first.outputs, inputs))["stdout"]).toBe("onetwo");
    const silent = { ...inputs, addPreviousOutputInEnv: false };
    expect((await update(LOCAL, first.outputs, silent))["stdout"]).toBe("");
  });

  test("updates by `update`, else by `create`, and deletes by `delete`", async () => {
    const file = join(folder, "local-steps");
    const steps = (step: string) => `echo ${step} >> ${file}`;
    const state = (await create(LOCAL, { create: steps("create") })).outputs;
    const full = { create: steps("create"), update: steps("update"), delete: steps("delete") };
    await update(LOCAL, state, { create: steps("create") });
    await operations.delete(LOCAL, state, log);
    await operations.delete(LOCAL, await update(LOCAL, state, full), log);
    expect(await readFile(file, "utf8")).toBe("create\ncreate\nupdate\ndelete\n");
  });

  test("is replaced when a trigger changes, and only then", () => {
    const olds = { create: "true", triggers: [1] };
    const changes = (news: Properties) => [...operations.diff(LOCAL, olds, olds, news).values()];
    expect(changes({ ...olds, triggers: [2] })).toEqual([{ kind: "update", replace: true }]);
    expect(changes({ ...olds, create: "false" })).toEqual([{ kind: "update", replace: false }]);
  });

  test("is refused what this plugin does not know", () => {
    const { failures } = operations.check(LOCAL, { assetPaths: ["*"], logging: "all" });
    expect(failures.map(({ property }) => property)).toEqual(["assetPaths", "logging"]);
  });
});

test("commands are quoted on one line, as Go does it", () => {
  expect(quote('a "b"\n\té\\ \u0007\u0000\u007f')).toBe('"a \\"b\\"\\n\\té\\\\ \\a\\x00\\x7f"');
});
