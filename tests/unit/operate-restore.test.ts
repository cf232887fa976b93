import { BackupNode } from "./fixtures/backup-node";
import type { Stack } from "@pulumi/pulumi/automation";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { ArchiveWriter, json } from "../../operate/backup/archive-writer";
import type { Member } from "../../operate/backup/format";
import { restoreStack } from "../../operate/restore/restore";
import { quicklyEncrypted } from "./fixtures/age-file";
import { keyPem, makeCertificate, rsaKey } from "./fixtures/certificates";
import { type Given, VALID, asEngine, withSetting } from "./fixtures/settings";
import { type SshServer, hostKey, sshServer, userKey } from "./fixtures/ssh-server";

/* The passphrase of a backup takes seconds to try, and more where others use the machine. */

const PASSPHRASE = "correct horse battery";
const SECRETKEY = "0123456789abcdef";
const DUMP = "INSERT INTO user;\n-- Dump completed on 2020-01-01\n";
const DIGEST = `sha256:${"a1".repeat(32)}`;

let node: BackupNode;
let server: SshServer;
let lines: string[];
let given: Given;
let deployed: boolean;
let pair: { privateKey: string; certificate: string };

beforeAll(async () => {
  const key = rsaKey();
  const { certificate } = await makeCertificate({ key, notBefore: new Date("2020-01-01") });
  pair = { privateKey: keyPem(key, "pkcs1"), certificate };
});
beforeEach(async () => {
  node = new BackupNode();
  server = await sshServer();
  node.program(
    "pulumi",
    `#!/bin/sh\necho "$*" >>"${node.folder}/arguments"\ncat >>"${node.folder}/values"\necho . >>"${node.folder}/values"\n`,
  );
  lines = [];
  deployed = false;
  const first = {
    ...{ name: "hub1", address: "192.0.2.11", sshAddress: "127.0.0.1" },
    ...{ port: server.port, hostKey: hostKey.public },
  };
  given = withSetting(VALID, "nodes[0]", first);
  given = withSetting(given, "ssh.privateKey", userKey.private);
});
afterEach(async () => {
  await server.close();
  node.remove();
});

const restored = () => join(node.folder, "var/lib/harbor-ha/restore");
const wasSet = () => (existsSync(join(node.folder, "arguments")) ? node.read("arguments") : "");

/** Settings as the Automation API has them. */
const configOf = (settings: Given) =>
  Object.fromEntries(
    Object.entries(asEngine(settings)).map(([key, value]) => [
      `harbor-ha:${key}`,
      { value, secret: true },
    ]),
  );

function stack(): Stack {
  return {
    name: "fresh",
    outputs: async () => (deployed ? { url: { value: "", secret: false } } : {}),
    getAllConfig: async () => configOf(given),
    workspace: {
      workDir: node.folder,
      envVars: {},
      pulumiCommand: { command: join(node.folder, "bin/pulumi") },
      projectSettings: async () => ({ name: "harbor-ha", runtime: "nodejs" }),
    },
  } as unknown as Stack;
}

/** Makes a backup of a registry of 1.1.2, with some members changed. */
async function backup(members: Partial<Record<Member, Buffer>> = {}, release = "1.1.2") {
  const writer = new ArchiveWriter({
    made: "2030-01-02T03:04:05.000Z",
    stack: "prod",
    url: "https://hub.example.com",
    release,
  });
  const all: Record<Member, Buffer> = {
    "settings.json": json(configOf(withSetting(given, "database.host", "old-db.example.com"))),
    "database.sql.gz": gzipSync(DUMP),
    "images.json": json([{ repository: "library/app", tag: "v1", digest: DIGEST }]),
    "keypair/private_key.pem": Buffer.from(pair.privateKey),
    "keypair/root.crt": Buffer.from(pair.certificate),
    secretkey: Buffer.from(SECRETKEY),
    ...members,
  };
  for (const [name, content] of Object.entries(all)) writer.add(name as Member, content);
  writer.finish();
  return encrypted(writer.bytes);
}

async function encrypted(bytes: Readable): Promise<string> {
  const file = join(node.folder, "hub.backup");
  writeFileSync(file, quicklyEncrypted(await buffer(bytes), PASSPHRASE));
  return file;
}

const restore = (archive: string, passphrase = PASSPHRASE) =>
  restoreStack(stack(), { archive, passphrase, report: (line) => void lines.push(line) });

test("the stack's file gets the keys, and the first node the dump and the images, for root alone", async () => {
  await restore(await backup());
  expect(lines).toEqual([
    "the backup is whole: https://hub.example.com, Harbor 1.1.2, made at 2030-01-02T03:04:05.000Z",
    "settings that are not the backup's: database.host",
    "secretkey is set in the stack's file, as the backup has it",
    "tokenKeypair.privateKey is set in the stack's file, as the backup has it",
    "tokenKeypair.certificate is set in the stack's file, as the backup has it",
    expect.stringMatching(/^hub1: the backup's dump is in /),
    "now deploy: pulumi up",
  ]);
  const set = (kind: string, setting: string) =>
    `config set --${kind} --path harbor-ha:${setting} --stack fresh --non-interactive\n`;
  expect(wasSet()).toBe(
    set("secret", "secretkey") +
      set("secret", "tokenKeypair.privateKey") +
      set("plaintext", "tokenKeypair.certificate"),
  );
  expect(node.read("values")).toBe(
    `${SECRETKEY}\n.\n${pair.privateKey}\n.\n${pair.certificate}\n.\n`,
  );
  const file = (name: string) => join(restored(), name);
  expect(gunzipSync(readFileSync(file("database.sql.gz"))).toString()).toBe(DUMP);
  expect(readFileSync(file("images"), "utf8")).toBe(`library/app v1 ${DIGEST}\n`);
  const modes = ["", "database.sql.gz", "images"].map((name) => statSync(file(name)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600, 0o600]);
  const shown = [...server.commands, ...lines].join("\n");
  for (const secret of [SECRETKEY, pair.privateKey, PASSPHRASE])
    expect(shown).not.toContain(secret);
});

test("again, with the keys set: they are left, and the dump is brought anew", async () => {
  const archive = await backup();
  given = withSetting(given, "secretkey", SECRETKEY);
  // As the CLI keeps a text without its last line end.
  given = withSetting(given, "tokenKeypair", {
    privateKey: pair.privateKey.trimEnd(),
    certificate: pair.certificate,
  });
  node.write("var/lib/harbor-ha/restore/restored", "of an earlier one");
  await restore(archive);
  expect(wasSet()).toBe("");
  expect(existsSync(join(restored(), "restored"))).toBe(false);
  expect(existsSync(join(restored(), "database.sql.gz"))).toBe(true);
});

test("a key that the project's file leaves out is no other key", async () => {
  given = withSetting(given, "secretkey", "");
  await restore(await backup());
  expect(node.read("values")).toContain(`${SECRETKEY}\n`);
});

test("all reasons against a restore are said at once, and nothing is changed", async () => {
  const archive = await backup({ secretkey: Buffer.from("another-key-of16") }, "1.5.4");
  deployed = true;
  given = withSetting(given, "secretkey", SECRETKEY);
  given = withSetting(given, "tokenKeypair.rotation", 2);
  const error = await restore(archive).then(String, String);
  for (const reason of [
    "the stack is deployed; restore into a new one",
    "the stack's secretkey is another than the backup's; take it out",
    "tokenKeypair.rotation asks for a keypair that is made here",
    "the backup is of Harbor 1.5.4, whose database has the schema 1.5.0; that of 1.1.2 is 0.4.0",
  ]) {
    expect(error).toContain(reason);
  }
  expect(error).not.toContain(SECRETKEY);
  expect(error).not.toContain("another-key");
  expect(wasSet()).toBe("");
  expect(server.commands).toEqual([]);
});

test("another keypair in the stack's file is a reason", async () => {
  const archive = await backup({
    "keypair/private_key.pem": Buffer.from("another"),
    "keypair/root.crt": Buffer.from("another"),
  });
  given = withSetting(given, "tokenKeypair", pair);
  const error = await restore(archive).then(String, String);
  expect(error).toContain("the stack's tokenKeypair.privateKey is another");
  expect(error).toContain("the stack's tokenKeypair.certificate is another");
  expect(error).not.toContain("BEGIN");
});

test("settings that are wrong are said before anything is changed", async () => {
  const archive = await backup();
  given = withSetting(given, "port", 99999);
  await expect(restore(archive)).rejects.toThrow("port");
  expect(wasSet()).toBe("");
});

test("another passphrase, and no file: said, and nothing is changed", async () => {
  const archive = await backup();
  await expect(restore(archive, "another passphrase")).rejects.toThrow(
    "the passphrase is another one",
  );
  await expect(restore(`${archive}.not`)).rejects.toThrow("cannot be read (ENOENT)");
  expect(wasSet()).toBe("");
});

test("a member that is not what the manifest says is found", async () => {
  const writer = pack();
  const member = { size: 1, sha256: "0".repeat(64) };
  writer.entry({ name: "secretkey" }, "x");
  writer.entry(
    { name: "manifest.json" },
    JSON.stringify({ format: 1, members: { secretkey: member, "database.sql.gz": member } }),
  );
  writer.finalize();
  const archive = await encrypted(writer as unknown as Readable);
  await expect(restore(archive)).rejects.toThrow("database.sql.gz is not what the manifest says");
});

test.each([
  ["a later format", JSON.stringify({ format: 2 }), "has the format 2, and this version reads 1"],
  [
    "no manifest that can be read",
    `{"password": "${SECRETKEY}"`,
    "manifest.json is missing or no JSON",
  ],
])("%s is refused", async (_, manifest, said) => {
  const writer = pack();
  writer.entry({ name: "manifest.json" }, manifest);
  writer.finalize();
  const error = await restore(await encrypted(writer as unknown as Readable)).then(String, String);
  expect(error).toContain(said);
  expect(error).not.toContain(SECRETKEY);
});

test("a node that is not there is said, and running again is enough", async () => {
  const archive = await backup();
  const { port } = server;
  await server.close();
  await expect(restore(archive)).rejects.toThrow(`no SSH to 127.0.0.1:${port}`);
  server = await sshServer(port);
  await restore(archive);
  expect(existsSync(join(restored(), "database.sql.gz"))).toBe(true);
});

test("a backup that changes while it is sent is not left on the node", async () => {
  const archive = await backup();
  node.program("pulumi", `#!/bin/sh\ncat >/dev/null\nprintf x >>"${archive}"\n`);
  await expect(restore(archive)).rejects.toThrow("damaged or cut off");
  expect(existsSync(restored())).toBe(false);
  expect(existsSync(`${restored()}.partial`)).toBe(false);
});
