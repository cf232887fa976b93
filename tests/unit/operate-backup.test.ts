import { BackupNode } from "./fixtures/backup-node";
import type { Stack } from "@pulumi/pulumi/automation";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { extract } from "tar-stream";
import { age } from "../../operate/age-filter";
import { backupStack } from "../../operate/backup/backup";
import { type SshServer, hostKey, sshServer, userKey } from "./fixtures/ssh-server";

/* The passphrase of a backup takes seconds to try, and more where others use the machine. */

const PASSPHRASE = "correct horse battery";
const PASSWORD = "pass-word_$(id)";
const DIGEST = `sha256:${"a1".repeat(32)}`;

let node: BackupNode;
let server: SshServer;
let lines: string[];
beforeEach(async () => {
  node = new BackupNode();
  server = await sshServer();
  lines = [];
});
afterEach(async () => {
  await server.close();
  node.remove();
});

const CONFIG = {
  "harbor-ha:hostname": { value: "hub.example.com", secret: false },
  "harbor-ha:database": { value: JSON.stringify({ password: PASSWORD }), secret: true },
};

function declaredNode(name: string, port: number) {
  const connection = { host: "127.0.0.1", port, user: "root", hostKey: hostKey.public };
  return { name, address: "192.0.2.11", sudo: false, connection };
}

/** A deployed stack whose nodes are SSH servers on these ports. */
function stackOf(...ports: number[]): Stack {
  const verification = {
    nodes: ports.map((port, number) => declaredNode(`hub${number + 1}`, port)),
    folders: { install: node.install, mountPoint: node.mount, data: "data" },
    release: { version: "1.5.4", schemaImage: "example/harbor-db:v1.5.4" },
    database: { host: "192.0.2.20", port: 3306, name: "registry", user: "harbor" },
  };
  const secrets: Record<string, string> = {
    "harbor-ha:ssh.privateKey": userKey.private,
    "harbor-ha:database.password": PASSWORD,
  };
  return {
    name: "prod",
    outputs: async () => ({
      url: { value: "https://hub.example.com", secret: false },
      verification: { value: verification, secret: true },
    }),
    getConfig: async (key: string) => ({ value: secrets[key], secret: true }),
    getAllConfig: async () => CONFIG,
  } as unknown as Stack;
}

function backup(stack = stackOf(server.port)) {
  const output = join(node.folder, "hub.backup");
  const options = {
    output,
    passphrase: PASSPHRASE,
    report: (line: string) => void lines.push(line),
  };
  return backupStack(stack, options).then((manifest) => ({ output, manifest }));
}

/** Members by name. */
async function membersOf(file: string): Promise<Map<string, Buffer>> {
  const members = new Map<string, Buffer>();
  const entries = extract();
  const read = async () => {
    for await (const entry of entries) {
      members.set(entry.header.name, await buffer(entry));
    }
  };
  await Promise.all([
    age("decrypt", PASSPHRASE, createReadStream(file), entries as unknown as Writable),
    read(),
  ]);
  return members;
}

const leftovers = () => readdirSync(node.folder).filter((name) => name.includes("hub.backup"));

test("all that images do not hold is in one file, with its sums, and the mount is as it was", async () => {
  node.tag("library/app", "v2", DIGEST);
  node.tag("library/app", "latest", DIGEST);
  node.tag("team/deep/name", "v1", DIGEST);
  const { output, manifest } = await backup();
  expect(statSync(output).mode & 0o777).toBe(0o600);
  expect(leftovers()).toEqual(["hub.backup"]);

  const members = await membersOf(output);
  const text = (name: string) => members.get(name)!.toString();
  expect([...members.keys()]).toEqual([
    "settings.json",
    "database.sql.gz",
    "images.json",
    "keypair/private_key.pem",
    "keypair/root.crt",
    "secretkey",
    "manifest.json",
  ]);
  expect(gunzipSync(members.get("database.sql.gz")!).toString()).toBe(
    "INSERT INTO user;\n-- Dump completed on 2020-01-01\n",
  );
  expect(text("keypair/private_key.pem")).toBe("the private key\n");
  expect(text("keypair/root.crt")).toBe("the certificate\n");
  expect(text("secretkey")).toBe("0123456789abcdef");
  expect(JSON.parse(text("settings.json"))).toEqual(CONFIG);
  expect(JSON.parse(text("images.json"))).toEqual([
    { repository: "library/app", tag: "latest", digest: DIGEST },
    { repository: "library/app", tag: "v2", digest: DIGEST },
    { repository: "team/deep/name", tag: "v1", digest: DIGEST },
  ]);
  expect(JSON.parse(text("manifest.json"))).toEqual(manifest);
  expect(manifest).toMatchObject({
    format: 1,
    stack: "prod",
    url: "https://hub.example.com",
    release: "1.5.4",
  });
  expect(Date.now() - Date.parse(manifest.made)).toBeLessThan(60_000);
  members.delete("manifest.json");
  for (const [name, content] of members) {
    expect(manifest.members[name as keyof typeof manifest.members]).toEqual({
      size: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
  }
  expect(readdirSync(join(node.mount, ".harbor-ha/backup"))).toEqual([]);
});

test("no secret stands in a command or a line of output", async () => {
  await backup();
  const shown = [...server.commands, ...lines].join("\n");
  for (const secret of [PASSPHRASE, PASSWORD, userKey.private]) expect(shown).not.toContain(secret);
  for (const line of lines.slice(0, -1)) expect(line).toMatch(/^hub1: /);
});

test("a registry without images has an empty list", async () => {
  const { output } = await backup();
  expect((await membersOf(output)).get("images.json")!.toString()).toBe("[]\n");
});

test("the first node that answers is asked", async () => {
  const gone = await sshServer();
  await gone.close();
  await backup(stackOf(gone.port, server.port));
  expect(lines.join("\n")).toMatch(/hub1: no SSH to 127\.0\.0\.1:\d+: .*\nhub2: dumping/s);
});

test("no node answers: said, and there is no file", async () => {
  const gone = await sshServer();
  await gone.close();
  await expect(backup(stackOf(gone.port))).rejects.toThrow(
    "no node answers, so nothing was backed up",
  );
  expect(leftovers()).toEqual([]);
});

test.each([
  ["is cut off", () => node.dump("INSERT INTO user;\n"), "the dump is cut off"],
  ["fails", () => node.program("mysqldump", "#!/bin/sh\necho denied >&2; exit 2\n"), "denied"],
])("a dump that %s: said, and there is no file", async (_, break_, said) => {
  break_();
  await expect(backup()).rejects.toThrow("hub1: the step failed; its last lines say why");
  expect(lines.join("\n")).toContain(said);
  expect(leftovers()).toEqual([]);
  expect(readdirSync(join(node.mount, ".harbor-ha/backup"))).toEqual([]);
});

test("a node that stops while it sends: its own lines say why, and there is no file", async () => {
  node.program("tar", '#!/bin/sh\n/bin/tar "$@" | head -c 600; echo denied >&2; exit 2\n');
  await expect(backup()).rejects.toThrow("hub1: the step failed; its last lines say why");
  expect(lines.join("\n")).toContain("denied");
  expect(leftovers()).toEqual([]);
});

test("what comes and is no part of a backup is said, and the node is not waited for", async () => {
  node.program("tar", '#!/bin/sh\ncd "$SANDBOX/bin" && /bin/tar -cf - mysqldump; exec sleep 1\n');
  await expect(backup()).rejects.toThrow("the node sent what is no part of a backup: mysqldump");
});

test("what a killed backup left on the mount goes", async () => {
  node.write("mount/.harbor-ha/backup/.leaving/database.sql.gz", "half");
  await backup();
  expect(readdirSync(join(node.mount, ".harbor-ha/backup"))).toEqual([]);
});

test("a file that is there is not overwritten, and no node is asked", async () => {
  writeFileSync(join(node.folder, "hub.backup"), "earlier");
  await expect(backup()).rejects.toThrow("is there already, and is not overwritten");
  expect(node.read("hub.backup")).toBe("earlier");
  expect(server.commands).toEqual([]);
});

test("a file that appears meanwhile is not overwritten either", async () => {
  node.program(
    "mysqldump",
    '#!/bin/sh\necho meanwhile >"$SANDBOX/hub.backup"; echo "-- Dump completed"\n',
  );
  await expect(backup()).rejects.toThrow("is there already");
  expect(node.read("hub.backup")).toBe("meanwhile\n");
  expect(leftovers()).toEqual(["hub.backup"]);
});

test("a folder that is not there is said before a node is asked", async () => {
  const options = {
    output: join(node.folder, "no/such"),
    passphrase: PASSPHRASE,
    report: () => undefined,
  };
  await expect(backupStack(stackOf(server.port), options)).rejects.toThrow("ENOENT");
  expect(server.commands).toEqual([]);
});

test("a stack that was deployed by an earlier version is told to be deployed", async () => {
  const stack = stackOf(server.port);
  const { url } = await stack.outputs();
  const earlier = { ...stack, outputs: async () => ({ url: url! }) } as unknown as Stack;
  await expect(backup(earlier)).rejects.toThrow("the stack has no output verification: deploy it");
  expect(existsSync(join(node.folder, "hub.backup"))).toBe(false);
});
