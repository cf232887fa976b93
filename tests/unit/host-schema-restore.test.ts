import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseImage, type Load } from "./fixtures/database-image";

const DUMP = `-- MySQL dump
DROP TABLE IF EXISTS \`alembic_version\`;
CREATE TABLE \`alembic_version\` (
  \`version_num\` varchar(32) NOT NULL
);
INSERT INTO \`alembic_version\` VALUES ('1.5.0');
DROP TABLE IF EXISTS \`project\`;
CREATE TABLE \`project\` (\`id\` int);
DROP TABLE IF EXISTS \`user\`;
CREATE TABLE \`user\` (\`name\` text);
INSERT INTO \`user\` VALUES ('CREATE TABLE \`invoices\`');
-- Dump completed on 2020-01-01
`;

let node: DatabaseImage;
beforeEach(() => {
  node = new DatabaseImage("1.5.0", { tables: [] });
  node.tables = "";
});
afterEach(() => rmSync(node.folder, { recursive: true, force: true }));

/** The statements that were sent for the load. */
const loads = () => node.calls.split(/^mysql /m).filter((sql) => sql.includes("REPLACE INTO"));

/** Leaves what a load of the dump leaves that ended so. */
async function interrupted(kind: Load): Promise<void> {
  node.bring(DUMP);
  node.load(kind);
  expect((await node.run("1.5.4")).status).toBe(1);
  node.load("works");
}

test("an empty database gets the backup's dump in place of the release's file", async () => {
  node.bring(DUMP);
  const { status, stderr } = await node.run("1.5.4");
  expect({ status, lines: stderr.trim().split("\n") }).toEqual({
    status: 0,
    lines: [
      "hub1: restoring the database registry on 192.0.2.20 from the backup",
      "hub1: the database is restored (alembic_version 1.5.0)",
      "hub1: 0 of the backup's 0 images are on the mount",
    ],
  });
  const [sql, ...more] = loads();
  expect(more).toEqual([]);
  const sum = /'([0-9a-f]{64})', 0/.exec(sql!)![1];
  expect(sum).toHaveLength(64);
  expect(sql!.trim().split("\n").slice(0, 4)).toEqual([
    "ALTER DATABASE `registry` CHARACTER SET utf8;",
    "USE `registry`;",
    "CREATE TABLE IF NOT EXISTS harbor_ha_restore (dump_sha256 CHAR(64) NOT NULL PRIMARY KEY, complete INT NOT NULL);",
    `REPLACE INTO harbor_ha_restore VALUES ('${sum}', 0);`,
  ]);
  expect(sql).toContain(`${DUMP}UPDATE harbor_ha_restore SET complete = 1;`);
  expect(node.calls).not.toContain("harbor_ha_schema_load");
  expect(node.tables).toBe("alembic_version user project");
  expect(node.record).toBe("1.5.4\n");
  expect(existsSync(node.restore)).toBe(false);

  const again = await node.run("1.5.4");
  expect({ status: again.status, stderr: again.stderr }).toEqual({
    status: 0,
    stderr: "hub1: the schema is there (alembic_version 1.5.0)\n",
  });
  expect(loads()).toHaveLength(1);
});

test.each([
  ["fails", "ERROR 2013: Lost connection"],
  ["is cut off", "the connection was lost"],
] as const)(
  "a load that %s is said, the dump stays, and the next run begins again",
  async (kind, said) => {
    node.bring(DUMP);
    node.load(kind);
    const { status, stderr } = await node.run("1.5.4");
    expect(status).toBe(1);
    expect(stderr).toContain(said);
    expect(stderr).toContain("the backup was not restored completely");
    expect(node.waiting).toBe(DUMP);
    expect(node.record).toBeUndefined();

    node.load("works");
    const again = await node.run("1.5.4");
    expect(again.stderr).toContain("an earlier restore was interrupted; it begins again");
    expect(again.status).toBe(0);
    expect(node.calls).not.toMatch(
      /^DROP TABLE(?! IF EXISTS `(alembic_version|project|user)`| IF EXISTS `registry`.harbor)/m,
    );
    expect(node.tables).toBe("alembic_version user project");
  },
);

test("a load that was finished but for its mark is not done again", async () => {
  await interrupted("keeps its mark");
  expect(node.tables).toContain("harbor_ha_restore");
  node.load("works");
  expect((await node.run("1.5.4")).status).toBe(0);
  expect(existsSync(node.restore)).toBe(false);
});

test("a restore that was finished but for its folder is tidied up, and nothing is loaded", async () => {
  node.bring(DUMP);
  const sum = createHash("sha256")
    .update(readFileSync(join(node.restore, "database.sql.gz")))
    .digest("hex");
  writeFileSync(join(node.restore, "restored"), `${sum}\n`);
  node.tables = "alembic_version user project";
  const { status, stderr } = await node.run("1.5.4");
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("is restored") });
  expect(loads()).toEqual([]);
  expect(existsSync(node.restore)).toBe(false);
});

test.each([
  ["a complete schema", "alembic_version user project"],
  ["an interrupted load of the release's schema", "user harbor_ha_schema_load"],
  ["something else", "invoices"],
])("a database with %s is refused and not touched", async (_, tables) => {
  node.tables = tables;
  node.bring(DUMP);
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain("the database registry is not empty, and a backup waits in");
  expect(stderr).toContain("remove that folder");
  expect(node.calls).not.toMatch(/DROP|CREATE|INSERT|REPLACE|ALTER|UPDATE/);
  expect(node.waiting).toBe(DUMP);
});

test("an interrupted restore with tables that are not the dump's is left alone", async () => {
  await interrupted("fails");
  node.tables = "user harbor_ha_restore invoices";
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain("tables since that are not the backup's: invoices; nothing was touched");
  expect(loads()).toHaveLength(1);
});

test("an interrupted restore of another backup is left alone", async () => {
  await interrupted("fails");
  rmSync(node.restore, { recursive: true });
  node.bring(DUMP.replace("2020", "2021"));
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain("holds part of another backup");
  expect(loads()).toHaveLength(1);
});

test("an interrupted restore without its backup says to bring it again", async () => {
  await interrupted("fails");
  rmSync(node.restore, { recursive: true });
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain("bring it again (npm run restore)");
  expect(node.calls).not.toContain("DROP TABLE IF EXISTS `registry`");
});

test.each([
  [
    "of another version",
    DUMP.replace("1.5.0", "1.4.0"),
    "holds the schema 1.4.0, release 1.5.4 brings 1.5.0",
  ],
  ["of another program", "CREATE TABLE `invoices` (id int);\n", "holds the schema of no Harbor"],
])("a dump %s is refused before it is loaded", async (_, dump, said) => {
  node.bring(dump);
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain(said);
  expect(loads()).toEqual([]);
});

test("half a backup is refused", async () => {
  node.bring(DUMP);
  rmSync(join(node.restore, "images"));
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(1);
  expect(stderr).toContain("is incomplete; bring the backup again");
  expect(loads()).toEqual([]);
});

test("images that are not on the mount are counted, and ten of them named", async () => {
  const digests = Array.from({ length: 14 }, (_, number) => number.toString(16).padStart(64, "a"));
  const root = join(node.mount, "data/registry/docker/registry/v2");
  const put = (path: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  };
  for (const digest of digests.slice(0, 3)) {
    put(`repositories/library/app/_manifests/revisions/sha256/${digest}/link`);
  }
  // Of the third, its manifest is gone.
  for (const digest of digests.slice(0, 2))
    put(`blobs/sha256/${digest.slice(0, 2)}/${digest}/data`);
  node.bring(
    DUMP,
    digests.map((digest, number) => `library/app v${number} sha256:${digest}\n`).join(""),
  );
  const { status, stderr } = await node.run("1.5.4");
  expect(status).toBe(0);
  expect(stderr).toContain("hub1: 2 of the backup's 14 images are on the mount\n");
  const named = Array.from({ length: 10 }, (_, number) => `library/app:v${number + 2}`).join(" ");
  expect(stderr).toContain(
    `: ${named} and 2 more. Bring ${node.mount}/data/registry of the old nodes`,
  );
});
