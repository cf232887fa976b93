import { commandText, standardInput } from "../../host/command";
import { nodeExec, type Lab } from "../../lab/lab";
import { DATABASES } from "../../lab/topology";
import { freshDatabase as fresh, sql } from "./database";

/** What takes the place of the mount on hub1: the deployment's own record of releases is its own. */
const MOUNT_POINT = "/tmp/harbor-ha-schema-case";

/** Runs the schema step on hub1 against a database of its own. */
async function loadInto(
  database: string,
  lab: Lab,
  { admin = true, release = "1.1.2" } = {},
): Promise<{ code: number; text: string }> {
  const command = commandText({
    step: "schema",
    node: "hub1",
    sudo: false,
    parameters: {
      DATABASE_HOST: lab.database.host,
      DATABASE_PORT: lab.database.port,
      DATABASE_NAME: database,
      DATABASE_USER: lab.database.user,
      RELEASE_VERSION: release,
      SCHEMA_IMAGE: "standin/harbor-db:v1.1.2",
      MOUNT_POINT,
      DATA_DIRECTORY: "harbor/data",
      RESTORE_DIR: `${MOUNT_POINT}/restore`,
    },
  });
  const input = standardInput({
    steps: ["schema"],
    secrets: {
      database_password: lab.database.password,
      ...(admin && {
        admin_user: lab.database.admin.user,
        admin_password: lab.database.admin.password,
      }),
    },
  });
  const { code, stdout, stderr } = await nodeExec("hub1", command, { input, mayFail: true });
  return { code, text: stdout + stderr };
}

/** Every table of a database with a sum over its rows. */
async function contentOf(database: string): Promise<string> {
  const tables = await sql(`SELECT GROUP_CONCAT(table_name ORDER BY table_name)
    FROM information_schema.tables WHERE table_schema = '${database}'`);
  const sums = await sql(`USE ${database}; CHECKSUM TABLE ${tables};`);
  return sums.replaceAll(`${database}.`, "");
}

/** The states in which a database can be found, each on one of its own. */
export function schemaCases(lab: () => Lab): void {
  const name = "schema_case";
  const users = () => sql(`SELECT GROUP_CONCAT(user_id ORDER BY user_id) FROM ${name}.user`);

  const restored = "schema_case_restored";
  beforeEach(async () => {
    await nodeExec("hub1", `rm -rf ${MOUNT_POINT}; install -d -m 0700 ${MOUNT_POINT}/.harbor-ha`);
    await fresh(name);
  });
  afterAll(async () => {
    await nodeExec("hub1", `rm -rf ${MOUNT_POINT}`);
    await sql(`DROP DATABASE IF EXISTS ${name}; DROP DATABASE IF EXISTS ${restored}`);
  });

  test("empty: loaded with ids from 1, once, and the cluster's switch is back on", async () => {
    const first = await loadInto(name, lab());
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining("the schema is loaded") });
    expect(await users()).toBe("1,2");
    await sql(`UPDATE ${name}.user SET realname = 'somebody' WHERE user_id = 1`);
    const second = await loadInto(name, lab());
    expect(second).toMatchObject({ code: 0, text: expect.stringContaining("the schema is there") });
    expect(await sql(`SELECT realname FROM ${name}.user WHERE user_id = 1`)).toBe("somebody");
    // Whichever member the schema went through.
    for (const member of DATABASES) {
      const control = await sql("SELECT @@GLOBAL.wsrep_auto_increment_control", member);
      expect({ [member]: control }).toEqual({ [member]: "1" });
    }
  });

  test("empty, without an administrator: says what is needed and loads nothing", async () => {
    const { code, text } = await loadInto(name, lab(), { admin: false });
    expect(code).not.toBe(0);
    expect(text).toContain("database.admin.user");
    expect(
      await sql(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${name}'`),
    ).toBe("0");
  });

  test("moved to another release: its dump holds the same rows, and the next run dumps nothing", async () => {
    await loadInto(name, lab(), { release: "1.1.1" });
    await sql(`USE ${name};
      UPDATE user SET realname = 'Zo\u00eb \\\\ "x"', comment = 'two\nlines' WHERE user_id = 1;
      INSERT INTO repository (name, project_id, owner_id) VALUES ('library/${"x".repeat(200)}', 1, 1);`);
    const before = await contentOf(name);
    const moved = await loadInto(name, lab());
    expect(moved).toMatchObject({ code: 0, text: expect.stringContaining("the schema is there") });
    const [, file] = /the dump is (\S+) \(/.exec(moved.text)!;
    expect(file).toMatch(/schema_case-1\.1\.1-to-1\.1\.2-\w+\.sql\.gz$/);
    expect(await contentOf(name)).toBe(before);

    await fresh(restored);
    const dump = await nodeExec("hub1", `stat -c %a:%U ${file!}; gzip -dc ${file!}`);
    const [owner, ...statements] = dump.stdout.split("\n");
    expect(owner).toBe("600:root");
    await sql(`USE ${restored};\n${statements.join("\n")}`);
    expect(await contentOf(restored)).toBe(before);

    const again = await loadInto(name, lab());
    expect(again.code).toBe(0);
    expect(again.text).not.toContain("dump");
  });

  test("a schema of another version than the release's: refused, untouched", async () => {
    await loadInto(name, lab());
    await sql(`UPDATE ${name}.alembic_version SET version_num = '1.2.0'`);
    const before = await contentOf(name);
    const { code, text } = await loadInto(name, lab(), { release: "1.1.3" });
    expect(code).not.toBe(0);
    expect(text).toContain("holds the schema 1.2.0, release 1.1.3 brings 0.4.0");
    expect(await contentOf(name)).toBe(before);
    expect((await nodeExec("hub1", `ls -A ${MOUNT_POINT}/.harbor-ha`)).stdout).not.toContain(
      "backup",
    );
  });

  test("our load was interrupted: made anew", async () => {
    await sql(`USE ${name}; CREATE TABLE harbor_ha_schema_load (release_version VARCHAR(32) PRIMARY KEY);
      INSERT INTO harbor_ha_schema_load VALUES ('1.1.2'); CREATE TABLE access (access_id INT PRIMARY KEY);
      CREATE TABLE user (user_id INT PRIMARY KEY);`);
    const result = await loadInto(name, lab());
    expect(result).toMatchObject({ code: 0, text: expect.stringContaining("interrupted") });
    expect(await users()).toBe("1,2");
  });

  test("our load was interrupted, but somebody has used it since: left alone", async () => {
    await sql(`USE ${name}; CREATE TABLE harbor_ha_schema_load (release_version VARCHAR(32) PRIMARY KEY);
      CREATE TABLE project (project_id INT PRIMARY KEY); INSERT INTO project VALUES (1), (2), (3);`);
    const { code, text } = await loadInto(name, lab());
    expect(code).not.toBe(0);
    expect(text).toContain("the table project has content");
    expect(await sql(`SELECT COUNT(*) FROM ${name}.project`)).toBe("3");
  });

  test("half loaded by somebody else: an error, left alone", async () => {
    await sql(`USE ${name}; CREATE TABLE access (a INT); CREATE TABLE role (a INT); CREATE TABLE project (a INT);
      CREATE TABLE user (a INT); CREATE TABLE alembic_version (version_num VARCHAR(32));`);
    const { code, text } = await loadInto(name, lab());
    expect(code).not.toBe(0);
    expect(text).toContain("half-loaded");
    expect(
      await sql(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${name}'`),
    ).toBe("5");
  });

  test("unknown content: an error that names it", async () => {
    await sql(`USE ${name}; CREATE TABLE invoices (id INT); INSERT INTO invoices VALUES (1);`);
    const { code, text } = await loadInto(name, lab());
    expect(code).not.toBe(0);
    expect(text).toContain("invoices");
    expect(await sql(`SELECT COUNT(*) FROM ${name}.invoices`)).toBe("1");
  });
}
