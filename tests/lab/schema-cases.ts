import { commandText, standardInput } from "../../host/command";
import { nodeExec, type Lab } from "../../lab/lab";
import { run } from "../../lab/shell";

/** SQL on the Galera cluster, as its administrator. */
async function sql(text: string): Promise<string> {
  const output = await run("docker", ["exec", "-i", "harbor-ha-lab-db2", "mariadb", "-NB"], {
    input: text,
  });
  return output.stdout.trim();
}

/** Runs the schema step on hub1 against a database of its own. */
async function loadInto(
  database: string,
  lab: Lab,
  admin: boolean,
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
      RELEASE_VERSION: "1.1.2",
      SCHEMA_IMAGE: "standin/harbor-db:v1.1.2",
      MOUNT_POINT: "/mnt/cephfs",
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

async function fresh(database: string): Promise<void> {
  await sql(`DROP DATABASE IF EXISTS ${database}; CREATE DATABASE ${database};
    GRANT ALL ON ${database}.* TO 'harbor'@'%';`);
}

/** The states in which a database can be found, each on one of its own. */
export function schemaCases(lab: () => Lab): void {
  const name = "schema_case";
  const users = () => sql(`SELECT GROUP_CONCAT(user_id ORDER BY user_id) FROM ${name}.user`);

  beforeEach(() => fresh(name));
  afterAll(() => sql(`DROP DATABASE IF EXISTS ${name}`));

  test("empty: loaded with ids from 1, once, and the cluster's switch is back on", async () => {
    const first = await loadInto(name, lab(), true);
    expect(first).toMatchObject({ code: 0, text: expect.stringContaining("the schema is loaded") });
    expect(await users()).toBe("1,2");
    await sql(`UPDATE ${name}.user SET realname = 'somebody' WHERE user_id = 1`);
    const second = await loadInto(name, lab(), true);
    expect(second).toMatchObject({ code: 0, text: expect.stringContaining("the schema is there") });
    expect(await sql(`SELECT realname FROM ${name}.user WHERE user_id = 1`)).toBe("somebody");
    const member = await run("docker", [
      "exec",
      "harbor-ha-lab-db1",
      "mariadb",
      "-NBe",
      "SELECT @@GLOBAL.wsrep_auto_increment_control",
    ]);
    expect(member.stdout.trim()).toBe("1");
  });

  test("empty, without an administrator: says what is needed and loads nothing", async () => {
    const { code, text } = await loadInto(name, lab(), false);
    expect(code).not.toBe(0);
    expect(text).toContain("database.admin.user");
    expect(
      await sql(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${name}'`),
    ).toBe("0");
  });

  test("our load was interrupted: made anew", async () => {
    await sql(`USE ${name}; CREATE TABLE harbor_ha_schema_load (release_version VARCHAR(32) PRIMARY KEY);
      INSERT INTO harbor_ha_schema_load VALUES ('1.1.2'); CREATE TABLE access (access_id INT PRIMARY KEY);
      CREATE TABLE user (user_id INT PRIMARY KEY);`);
    const result = await loadInto(name, lab(), true);
    expect(result).toMatchObject({ code: 0, text: expect.stringContaining("interrupted") });
    expect(await users()).toBe("1,2");
  });

  test("our load was interrupted, but somebody has used it since: left alone", async () => {
    await sql(`USE ${name}; CREATE TABLE harbor_ha_schema_load (release_version VARCHAR(32) PRIMARY KEY);
      CREATE TABLE project (project_id INT PRIMARY KEY); INSERT INTO project VALUES (1), (2), (3);`);
    const { code, text } = await loadInto(name, lab(), true);
    expect(code).not.toBe(0);
    expect(text).toContain("the table project has content");
    expect(await sql(`SELECT COUNT(*) FROM ${name}.project`)).toBe("3");
  });

  test("half loaded by somebody else: an error, left alone", async () => {
    await sql(`USE ${name}; CREATE TABLE access (a INT); CREATE TABLE role (a INT); CREATE TABLE project (a INT);
      CREATE TABLE user (a INT); CREATE TABLE alembic_version (version_num VARCHAR(32));`);
    const { code, text } = await loadInto(name, lab(), true);
    expect(code).not.toBe(0);
    expect(text).toContain("half-loaded");
    expect(
      await sql(`SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = '${name}'`),
    ).toBe("5");
  });

  test("unknown content: an error that names it", async () => {
    await sql(`USE ${name}; CREATE TABLE invoices (id INT); INSERT INTO invoices VALUES (1);`);
    const { code, text } = await loadInto(name, lab(), true);
    expect(code).not.toBe(0);
    expect(text).toContain("invoices");
    expect(await sql(`SELECT COUNT(*) FROM ${name}.invoices`)).toBe("1");
  });
}
