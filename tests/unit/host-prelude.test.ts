import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretLines, shell } from "./fixtures/shell";

const LOCK = "/run/lock/harbor-ha.lock";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "harbor-ha-prelude-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const prelude = (text: string, more: Partial<Parameters<typeof shell>[0]> = {}) =>
  shell({ parts: ["prelude"], text, ...more });

test("reads secrets and files, whatever is in them", async () => {
  const secret = 'it\'s "$HOME" `id` \\ % ü\n\nlast';
  const { stdout, status } = await prelude(
    'read_input\nprintf "%s|%s|%s|%s" "${SECRET[a]}" "${#FILES[@]}" "${FILES[0]}" "${CONTENT[/etc/x]}"',
    { input: `${secretLines({ a: secret })}file 0600 /etc/x 9\ncontent\n\n\n` },
  );
  expect(status).toBe(0);
  expect(stdout).toBe(`${secret}|1|0600 /etc/x|content\n\n`);
});

test("an empty standard input is none", async () => {
  expect(await prelude('read_input; echo "${#SECRET[@]} ${#FILES[@]}"')).toMatchObject({
    status: 0,
    stdout: "0 0\n",
  });
});

test("a line of an unknown kind is refused without repeating it", async () => {
  const { status, stderr } = await prelude("read_input", { input: "Secret-value\n" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^hub1: standard input has a line of an unknown kind: .*take both from one, then run again\n$/,
  );
});

test.each([
  ["in a value", "secret a 9\nvalu"],
  ["in a value that ends with line ends", "file 0600 /etc/x 9\ncontent\n"],
  ["in a header", "secret a 1\nv\nsecret b 1"],
])("an input that was cut off %s is refused", async (_, input) => {
  const { status, stdout, stderr } = await prelude("read_input; echo inside", { input });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: "hub1: standard input was cut off, so nothing was done; run again\n",
  });
});

test("takes every secret out of a text and names it instead", async () => {
  const secrets = { database: "a*[b]$'&\\", redis: "-----BEGIN\nline\n-----END", short: "abc" };
  const { stdout } = await prelude(
    'read_input\nprintf "%s\\n" "x ${SECRET[database]} y ${SECRET[database]}" "${SECRET[redis]} abc" | redact',
    { input: secretLines(secrets) },
  );
  expect(stdout).toBe("x [database] y [database]\n[redis] abc\n");
});

test.each([
  ["a", "b"],
  ["b", "a"],
])("a secret that another one begins with leaves no rest: %s and %s", async (short, long) => {
  const { stdout } = await prelude(
    'read_input\nprintf "%s\\n" "${SECRET[$LONG]} ${SECRET[$SHORT]}" | redact',
    {
      input: secretLines({ [short]: "secret", [long]: "secret-and-more" }),
      environment: { SHORT: short, LONG: long },
    },
  );
  expect(stdout).toBe(`[${long}] [${short}]\n`);
});

test("replaces a file only where its content differs, and leaves nothing beside it", async () => {
  const file = join(folder, "file");
  const text = 'if replace_file "$FILE" 0640 <<<"$NEW"; then echo replaced; else echo same; fi';
  const write = (NEW: string) => prelude(text, { environment: { FILE: file, NEW } });
  expect((await write("one")).stdout).toBe("replaced\n");
  const before = statSync(file, { bigint: true });
  chmodSync(file, 0o666);
  expect((await write("one")).stdout).toBe("same\n");
  const after = statSync(file, { bigint: true });
  expect([after.ino, after.mtimeNs, Number(after.mode) & 0o777]).toEqual([
    before.ino,
    before.mtimeNs,
    0o640,
  ]);
  expect((await write("two")).stdout).toBe("replaced\n");
  expect(readFileSync(file, "utf8")).toBe("two\n");
  expect(readdirSync(folder)).toEqual(["file"]);
});

test.each([
  ["asked for its status", 'if replace_file "$FILE" 0600 <<<new; then echo on; else echo on; fi'],
  ["not asked", 'replace_file "$FILE" 0600 <<<new || true; echo on'],
  ["a file of standard input", "read_input; write_files; echo on"],
])("a file that cannot be written whole stays, and ends the script: %s", async (_, text) => {
  const file = join(folder, "fstab");
  writeFileSync(file, "old\n");
  const full = "trap '' XFSZ; ulimit -f 0\n";
  const { status, stdout, stderr } = await prelude(full + text, {
    environment: { FILE: file },
    input: `file 0600 ${file} 4\nnew\n\n`,
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain(
    `hub1: ${file} cannot be written, and was left as it is; see to room and rights on its file system, then run again\n`,
  );
  expect(readFileSync(file, "utf8")).toBe("old\n");
  expect(readdirSync(folder)).toEqual(["fstab"]);
});

test("what a killed run left beside a file goes, with its mode", async () => {
  const file = join(folder, "key");
  const killed = 'mv() { kill -9 $$; }; replace_file "$FILE" 0644 <<<one';
  await prelude(killed, { environment: { FILE: file } });
  expect(readdirSync(folder)).toHaveLength(1);
  await prelude('replace_file "$FILE" 0600 <<<two', { environment: { FILE: file } });
  expect(readdirSync(folder)).toEqual(["key"]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("the mode of a folder that is there stays", async () => {
  chmodSync(folder, 0o750);
  await prelude("read_input\nwrite_files", { input: `file 0600 ${folder}/key 0\n\n` });
  expect(readdirSync(folder)).toEqual(["key"]);
  expect(statSync(folder).mode & 0o777).toBe(0o750);
});

test("puts files at their paths with their modes", async () => {
  const file = join(folder, "deep/er/key");
  const { status } = await prelude("read_input\nwrite_files", {
    input: `file 0600 ${file} 4\nkey\n\n`,
  });
  expect(status).toBe(0);
  expect(readFileSync(file, "utf8")).toBe("key\n");
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a lock that is held for a moment is waited for without a word", async () => {
  const lock = join(folder, "lock");
  const holder = spawn("flock", [lock, "sh", "-c", "echo held; sleep 0.5"]);
  await once(holder.stdout, "data");
  const run = await prelude("take_lock; echo inside", { paths: { [LOCK]: lock } });
  expect(run).toMatchObject({ status: 0, stdout: "inside\n", stderr: "" });
});

test("a second run waits for the lock and says who holds it", async () => {
  const lock = join(folder, "lock");
  writeFileSync(lock, "start, process 42, since 2020-01-01T00:00:00Z\n");
  const holder = spawn("flock", [lock, "sh", "-c", "echo held; read _"]);
  await once(holder.stdout, "data");
  const run = { paths: { [LOCK]: lock }, environment: { LOCK_TIMEOUT: "1" } };
  const refused = await prelude("take_lock; echo inside", run);
  expect(refused).toMatchObject({ status: 1, stdout: "" });
  expect(refused.stderr).toContain("hub1: waiting for the lock, held by: start, process 42, since");
  expect(refused.stderr).toMatch(
    /hub1: another run holds \S+: start, process 42, since 2020-01-01T00:00:00Z\. .*run again; .*lslocks/,
  );
  holder.stdin.end("\n");
  await once(holder, "close");
  expect(await prelude("take_lock; echo inside", run)).toMatchObject({
    status: 0,
    stdout: "inside\n",
  });
  expect(readFileSync(lock, "utf8")).toMatch(/^test, process \d+, since \d{4}-[^,]*Z\n$/);
  await prelude("take_lock", { ...run, environment: { RUN_FROM: "192.0.2.50 as ops" } });
  expect(readFileSync(lock, "utf8")).toMatch(
    /^test, process \d+, since \S+Z, from 192\.0\.2\.50 as ops\n$/,
  );
});
