import { ACCOUNT, column, error, mysql, type Reply } from "./fixtures/mysql-server";
import { functionsOf, secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

const FUNCTIONS = functionsOf("preflight");

let server: TcpServer | undefined;
afterEach(() => server?.stop());

async function check(reply: Reply, needed: string, release = `${needed.slice(0, -1)}4`) {
  server = await TcpServer.start(mysql({ answer: () => reply }));
  const { stderr } = await shell({
    parts: ["prelude", "mysql-session"],
    text: `${FUNCTIONS}\nread_input\ncheck_database\nsay "$problems"`,
    environment: {
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: String(server.port),
      DATABASE_USER: ACCOUNT.user,
      DATABASE_NAME: ACCOUNT.database,
      RELEASE_VERSION: release,
      SCHEMA_VERSION: needed,
    },
    input: secretLines({ database_password: ACCOUNT.password }),
  });
  const lines = stderr.replaceAll(`:${server.port}`, ":3306").trimEnd().split("\n");
  expect(lines.every((line) => line.startsWith("hub1: "))).toBe(true);
  return {
    problems: Number(lines.at(-1)!.slice(6)),
    text: lines
      .slice(0, -1)
      .map((line) => line.slice(6).trim())
      .join(" "),
  };
}

const versions = (...rows: string[]) => column("version_num", rows);
const MAY_USE = "ok       database: harbor may use registry on 127.0.0.1:3306";

test.each<[string, Reply, string, string]>([
  ["the release's own schema", versions("1.5.0"), "1.5.0", "its schema is 1.5.0"],
  ["any schema, where none is known to be needed", versions("9"), "", "its schema is 9"],
  ["no row: the schema step judges it", versions(), "1.5.0", "no schema yet"],
  [
    "no table",
    [error(1146, "42S02", "Table 'registry.alembic_version' doesn't exist")],
    "1.5.0",
    "no schema yet",
  ],
])("passes: %s", async (_, reply, needed, said) => {
  expect(await check(reply, needed)).toEqual({ problems: 0, text: `${MAY_USE}, ${said}` });
});

test.each<[string, string[], string, RegExp]>([
  ["older", ["1.4.0"], "1.5.0", /^1\.4\.0, Harbor 1\.5\.4 needs 1\.5\.0: .*migrate a copy/],
  ["older by its first number", ["0.4.0"], "1.2.0", /^0\.4\.0, .*migrate a copy/],
  ["newer", ["1.5.0"], "1.4.0", /^1\.5\.0, Harbor 1\.4\.4 needs 1\.4\.0: .*has no way back/],
  ["of several versions", ["1.4.0", "1.5.0"], "1.5.0", /^1\.4\.0, 1\.5\.0, .*by hand/],
  ["of another program", ["ae1027a6acf"], "1.5.0", /^ae1027a6acf, .*by hand/],
])("a schema that is %s is a problem, with what to do", async (_, rows, needed, said) => {
  const { problems, text } = await check(versions(...rows), needed);
  expect(problems).toBe(1);
  const begin = "PROBLEM  database: registry holds the schema ";
  expect(text.slice(0, begin.length)).toBe(begin);
  expect(text.slice(begin.length)).toMatch(said);
  expect(text).toMatch(/"Moving to another release"\. Nothing was touched\.$/);
});

test("a table that may not be read is a problem with the server's words", async () => {
  const denied = error(1142, "42000", "SELECT command denied to user 'harbor'@'%'");
  expect(await check([denied], "1.5.0")).toEqual({
    problems: 1,
    text:
      "PROBLEM  database: SELECT command denied to user 'harbor'@'%' (error 1142) " +
      "(database.host, database.user, database.password, database.name)",
  });
});
