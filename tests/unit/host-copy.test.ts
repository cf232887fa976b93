import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { partialPath, type CopyRequest } from "../../host/copy/request";
import { hostKey, sshServer, type SshServer, userKey } from "./fixtures/ssh-server";

const ROOT = resolve(__dirname, "../..");
const CONTENT = randomBytes(5 * 1024 * 1024 + 17);
const sumOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

let ssh: SshServer;
let folder: string;
let request: CopyRequest;

beforeEach(async () => {
  ssh = await sshServer();
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-copy-"));
  mkdirSync(join(folder, "it's"));
  writeFileSync(join(folder, "source"), CONTENT);
  request = {
    node: "hub1",
    connection: {
      host: "127.0.0.1",
      port: ssh.port,
      user: "deployer",
      privateKey: userKey.private,
      hostKey: hostKey.public,
      dialErrorLimit: 0,
      perDialTimeout: 15,
    },
    source: join(folder, "source"),
    target: join(folder, "it's", "archive.tgz"),
    sha256: sumOf(CONTENT),
  };
});
afterEach(async () => {
  await ssh.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program as the engine does; its exit code and what it printed. */
async function copy(changes: Partial<CopyRequest> = {}, input?: string) {
  const args = ["--require", "./loader.js", "host/copy/main.ts"];
  const child = spawn(process.execPath, args, { cwd: ROOT });
  child.stdin.end(input ?? JSON.stringify({ ...request, ...changes }));
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.on("close", done)),
  ]);
  expect(stdout).toBe("");
  expect(stderr).not.toContain(userKey.private.split("\n")[1]);
  return { code, lines: stderr.trim().split("\n") };
}

const landed = () => readFileSync(request.target).equals(CONTENT);
const writtenFrom = () => {
  const offsets: number[] = [];
  ssh.interference.beforeWrite = (offset) => offsets.push(offset);
  return offsets;
};

const CHECKING = "hub1: checking the sum of archive.tgz on the node";

test("the file arrives whole, and nothing else stays", async () => {
  const { code, lines } = await copy();
  expect(lines).toEqual([
    "hub1: copying archive.tgz",
    expect.stringMatching(/^hub1: 5 MB in \d+ s, \d+(\.\d)? MB\/s$/),
    CHECKING,
    `hub1: ${request.target} is complete, with the right sum`,
  ]);
  expect(code).toBe(0);
  expect(landed()).toBe(true);
  expect(readdirSync(join(folder, "it's"))).toEqual(["archive.tgz"]);
});

test("a file that is there with the right sum is not copied, even without a source", async () => {
  writeFileSync(request.target, CONTENT);
  rmSync(request.source);
  const offsets = writtenFrom();
  expect(await copy()).toEqual({
    code: 0,
    lines: [CHECKING, `hub1: ${request.target} is there already, with the right sum`],
  });
  expect(offsets).toEqual([]);
});

test("a file with another sum is replaced", async () => {
  writeFileSync(request.target, "another");
  expect((await copy()).code).toBe(0);
  expect(landed()).toBe(true);
});

test("a copy that was interrupted goes on where it was", async () => {
  ssh.interference.beforeWrite = (offset, client) => {
    if (offset > 3 * 1024 * 1024) client.end();
  };
  const { code, lines } = await copy();
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    "hub1: the connection was lost; run again, and the copy goes on from there",
  );
  expect(existsSync(request.target)).toBe(false);
  const there = readFileSync(partialPath(request)).length;
  expect(there).toBeGreaterThan(1024 * 1024);

  const offsets = writtenFrom();
  const again = await copy();
  expect(again.lines[0]).toBe(CHECKING);
  expect(again.lines[1]).toMatch(
    /^hub1: going on with the copy of archive\.tgz, \d\d % are there$/,
  );
  expect(Math.min(...offsets)).toBe(there);
  expect(again.code).toBe(0);
  expect(landed()).toBe(true);
});

test.each([
  ["is not the source's beginning", () => Buffer.alloc(1000)],
  ["is longer than the source", () => Buffer.concat([CONTENT, Buffer.alloc(1)])],
])("what an earlier run left is copied anew when it %s", async (_, partial) => {
  writeFileSync(partialPath(request), partial());
  const { code, lines } = await copy();
  expect(lines).toContain("hub1: copying archive.tgz");
  expect(code).toBe(0);
  expect(landed()).toBe(true);
});

test("what arrived whole before is only checked and named", async () => {
  writeFileSync(partialPath(request), CONTENT);
  const offsets = writtenFrom();
  expect((await copy()).code).toBe(0);
  expect(offsets).toEqual([]);
  expect(landed()).toBe(true);
});

test("a source that was changed is an error, and nothing of it stays", async () => {
  const sha256 = "0".repeat(64);
  const { code, lines } = await copy({ sha256 });
  expect(code).toBe(1);
  expect(lines.at(-1)).toBe(
    `hub1: ${request.source} has the SHA-256 sum ${sumOf(CONTENT)}, but ${sha256} is to be ` +
      "copied: it was changed since it was read; run again",
  );
  expect(readdirSync(join(folder, "it's"))).toEqual([]);
});

test("what arrives with another sum is removed, and an error", async () => {
  ssh.interference.afterClose = (path) => writeFileSync(path, "spoilt");
  const { code, lines } = await copy();
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(
    /^hub1: what arrived has the SHA-256 sum .*it was removed; run again/,
  );
  expect(readdirSync(join(folder, "it's"))).toEqual([]);
});

test("a source that is not there says which settings name it", async () => {
  const { code, lines } = await copy({ source: join(folder, "none") });
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^hub1: .*none cannot be read.*\(ENOENT\).*release\.installer/),
  ]);
});

test("a relative source is below the working directory", async () => {
  const source = "package.json";
  const sha256 = sumOf(readFileSync(join(ROOT, source)));
  expect((await copy({ source, sha256 })).code).toBe(0);
  expect(sumOf(readFileSync(request.target))).toBe(sha256);
});

test("a folder that is not there says what to look at", async () => {
  const { lines } = await copy({ target: join(folder, "none", "archive.tgz") });
  expect(lines.at(-1)).toMatch(/cannot be written: .*is the file system mounted\?$/);
});

test("the way goes through a bastion", async () => {
  const bastion = await sshServer();
  const proxy = { ...request.connection, port: bastion.port };
  expect((await copy({ connection: { ...request.connection, proxy } })).code).toBe(0);
  expect(landed()).toBe(true);
  await bastion.close();
});

test("a node that does not let in is one line, with the settings", async () => {
  const connection = { ...request.connection, user: "x", privateKey: hostKey.private };
  const { code, lines } = await copy({ connection });
  expect(code).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(
      /^hub1: no SSH to 127\.0\.0\.1:\d+: .*unable to authenticate.*ssh\.privateKey/,
    ),
  ]);
});

test("input that is no JSON is not quoted", async () => {
  expect(await copy({}, '{"privateKey": "secret')).toEqual({
    code: 1,
    lines: ["standard input is no JSON: the engine starts this program; run pulumi up"],
  });
});
