import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DatabaseImage, PASSWORD, type Database } from "./fixtures/database-image";

let node: DatabaseImage;
function nodeWith(database: Database = {}, schema = "1.5.0"): DatabaseImage {
  node = new DatabaseImage(schema, database);
  return node;
}
afterEach(() => rmSync(node.folder, { recursive: true, force: true }));

const mode = (path: string) => statSync(path).mode & 0o777;
const dumps = () => (existsSync(node.backup) ? readdirSync(node.backup) : []);

test("the release that used the database last dumps nothing", async () => {
  nodeWith().record = "1.5.4\n";
  const { status, stderr } = await node.run("1.5.4");
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: "hub1: the schema is there (alembic_version 1.5.0)\n",
  });
  expect(node.calls).not.toContain("mysqldump");
  expect(dumps()).toEqual([]);
});

test("each database of a mount has its own record", async () => {
  nodeWith().record = "1.5.1\nanother 1.4.4\n";
  expect((await node.run("1.5.4")).status).toBe(0);
  expect(node.record).toBe("another 1.4.4\nregistry 1.5.4\n");
});

test("another release: the database is dumped once, for root alone, and the release remembered", async () => {
  nodeWith().record = "1.5.1\n";
  const { status, stderr } = await node.run("1.5.4");
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("is there") });
  const [name, ...others] = dumps();
  expect(others).toEqual([]);
  expect(name).toMatch(/^registry-1\.5\.1-to-1\.5\.4-\d{8}T\d{6}Z\.sql\.gz$/);
  const file = join(node.backup, name!);
  expect(stderr).toMatch(new RegExp(`the dump is ${file} \\(\\d+\\)`));
  expect([mode(node.backup), mode(file)]).toEqual([0o700, 0o600]);
  expect(gunzipSync(readFileSync(file)).toString()).toBe(
    "INSERT INTO user;\n-- Dump completed on 2020-01-01\n",
  );
  expect(node.record).toBe("1.5.4\n");

  await node.run("1.5.4");
  expect(dumps()).toEqual([name]);
});

test("the dump is one snapshot, its options are known to every client, its account is in a file", async () => {
  nodeWith().record = "1.5.1\n";
  await node.run("1.5.4");
  const [, options] = /^mysqldump (.*)$/m.exec(node.calls)!;
  expect(options!.split(" ").sort()).toEqual([
    "--default-character-set=utf8mb4",
    `--defaults-extra-file=${join(node.folder, "client.cnf")}`,
    "--loose-column-statistics=0",
    "--loose-set-gtid-purged=OFF",
    "--no-tablespaces",
    "--quick",
    "--routines",
    "--single-transaction",
    "--skip-add-locks",
    "registry",
  ]);
  expect(options).toMatch(/^--defaults-extra-file=/);
  expect(node.read("options")).toBe(
    `[client]\nhost="192.0.2.20"\nport=3306\nuser="harbor"\npassword="${PASSWORD}"\n[mysql]\nconnect-timeout=10\n`,
  );
  expect(mode(join(node.folder, "options"))).toBe(0o600);
});

test("docker logs nothing of the dump, and the lock on the mount lasts as long as the client", async () => {
  nodeWith().record = "1.5.1\n";
  await node.run("1.5.4");
  const clients = node
    .read("containers")
    .split("\n")
    .filter((line) => line.includes("client.cnf"));
  for (const line of node.read("containers").split(/^(?=run )/m)) {
    expect(line).toMatch(/^run --rm .*(--log-driver none|--network none) /);
  }
  expect(clients).not.toEqual([]);
  expect(node.read("locks")).toBe("8 is open\n");
});

test("an installation that is taken over is dumped as of an unknown release", async () => {
  await nodeWith().run("1.5.4");
  expect(dumps()).toEqual([expect.stringMatching(/^registry-unknown-to-1\.5\.4-/)]);
  expect(node.record).toBe("1.5.4\n");
});

test.each([
  ["fails", "Lost connection"],
  ["is cut off", "the dump is cut off"],
] as const)("a dump that %s stops the run, and the next one dumps again", async (kind, said) => {
  nodeWith().record = "1.5.1\n";
  node.mysqldump(kind);
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain(said);
  expect(stderr).toContain("the database was not dumped");
  expect(dumps()).toEqual([]);
  expect(node.record).toBe("1.5.1\n");

  node.mysqldump("works");
  expect((await node.run("1.5.4")).status).toBe(0);
  expect(dumps()).toHaveLength(1);
});

test("what an interrupted dump left goes, earlier dumps and other files stay", async () => {
  nodeWith().record = "1.5.1\n";
  const leftover = "registry-1.5.1-to-1.5.4-20200101T000000Z.sql.gz.partial";
  const stays = ["notes.partial", "registry-1.5.0-to-1.5.1-20190101T000000Z.sql.gz"];
  mkdirSync(node.backup);
  for (const name of [leftover, ...stays]) writeFileSync(join(node.backup, name), "");
  await node.run("1.5.4");
  expect(dumps()).toHaveLength(3);
  expect(dumps()).toEqual(expect.arrayContaining(stays));
});

test("no room for the dump: said before anything is written", async () => {
  nodeWith({ megabytes: 1e12 }).record = "1.5.1\n";
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toMatch(/\d+ MB free in .*, at least 1000000000000 MB are needed/);
  expect(node.calls).not.toContain("mysqldump");
  expect(node.record).toBe("1.5.1\n");
});

test("a schema that is not the release's is refused before it is dumped", async () => {
  nodeWith({ version: "1.4.0" }, "1.5.0").record = "1.4.0\n";
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain(
    "holds the schema 1.4.0, release 1.5.4 brings 1.5.0 (example/harbor-db:v1)",
  );
  expect(node.calls).not.toMatch(/mysqldump|ALTER|CREATE|DROP|INSERT/);
  expect(node.record).toBe("1.4.0\n");
});

test("a fresh load remembers the release and dumps nothing", async () => {
  nodeWith({ tables: [] });
  const { status, stderr } = await node.run("1.5.4");
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("is loaded") });
  expect(node.calls).toContain("ALTER DATABASE `registry` CHARACTER SET utf8;");
  expect(node.record).toBe("1.5.4\n");
  expect(dumps()).toEqual([]);
});

test.each([
  ["clears an interrupted load", ["user", "harbor_ha_schema_load"], "user", "nothing was dropped"],
  ["calls a schema half-loaded", ["alembic_version", "user"], "alembic", "cannot be read"],
])("never %s where rows cannot be counted", async (_, tables, uncounted, said) => {
  nodeWith({ tables }).doesNotCount(uncounted);
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain(said);
  expect(node.calls).not.toMatch(/DROP|CREATE/);
});

test("a database with other content is not remembered", async () => {
  nodeWith({ tables: ["invoices"] });
  expect((await node.run("1.5.4")).status).toBe(1);
  expect(node.record).toBeUndefined();
});
