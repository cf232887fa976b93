import type { Socket } from "node:net";
import { ACCOUNT, column, error, mysql, packet, type Reply } from "./fixtures/mysql-server";
import { secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

let server: TcpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function session(
  onConnection: (socket: Socket) => void,
  call: (account: string) => string,
  password = ACCOUNT.password,
) {
  server = await TcpServer.start(onConnection);
  const account = `127.0.0.1 ${server.port} ${ACCOUNT.user} "\${SECRET[database_password]}" ${ACCOUNT.database}`;
  const { stdout, stderr, commandLines } = await shell({
    parts: ["prelude", "mysql-session"],
    text: `read_input
if result=$(${call(account)}); then echo "accepted: $result"; else echo "refused: $result"; fi`,
    input: secretLines({ database_password: password }),
    // A server that says nothing is waited for no longer than this here.
    paths: { "timeout 5 head": "timeout 1 head" },
  });
  for (const line of commandLines) expect(line).not.toContain(password);
  expect(stderr).toBe("");
  return stdout.replaceAll(`:${server.port}`, ":<port>");
}

const login = (onConnection: (socket: Socket) => void, password?: string) =>
  session(onConnection, (account) => `mysql_login ${account}`, password);

const QUERY = "SELECT version_num FROM alembic_version";
const query = (answer: (text: string) => Reply, password?: string) =>
  session(mysql({ answer }), (account) => `mysql_column ${account} "${QUERY}"`, password);

test("logs in with the right password, whatever is in it", async () => {
  expect(await login(mysql())).toBe("accepted: \n");
});

test.each([
  ["bytes that printf would read", Buffer.from("%s\\n%d\\x00'\"`$(!&*[]")],
  ["line ends and blanks", Buffer.from("\n\r\t \n\r\t \n\r\t \n\r\t \n\r\t ")],
  ["bytes that are no UTF-8", Buffer.from([...Array(20).keys()].map((i) => 0xff - i))],
])("whatever the server's nonce is made of: %s", async (_, bytes) => {
  expect(await login(mysql({ nonce: bytes.subarray(0, 20) }))).toBe("accepted: \n");
});

test("follows a server that asks for the same method with another nonce", async () => {
  expect(await login(mysql({ greets: "caching_sha2_password" }))).toBe("accepted: \n");
});

test("a wrong password is refused with the server's reason", async () => {
  expect(await login(mysql(), "wrong-password")).toBe(
    "refused: Access denied for user 'harbor'@'127.0.0.1' (using password: YES) (error 1045)\n",
  );
  await server!.stop();
  expect(await login(mysql({ greets: "caching_sha2_password" }), "wrong-password")).toContain(
    "(error 1045)",
  );
});

test("an account that Harbor cannot use is named with the method that it needs", async () => {
  expect(await login(mysql({ account: "caching_sha2_password" }))).toBe(
    "refused: the account of harbor uses caching_sha2_password, which Harbor 1.x cannot speak; " +
      "give it mysql_native_password\n",
  );
});

test("a server that refuses this host says so", async () => {
  const blocked = packet(0, [0xff, 0x6a, 0x04], "Host '192.0.2.1' is not allowed to connect");
  expect(await login((socket) => socket.write(blocked))).toBe(
    "refused: the server refuses connections: Host '192.0.2.1' is not allowed to connect\n",
  );
});

test("a query's column comes a line each, and the session ends with a goodbye", async () => {
  const asked: string[] = [];
  let goodbyes = 0;
  const server = mysql({
    answer: (text) => {
      asked.push(text);
      return column("version_num", ["1.5.0", "", null, "it's \\x41 %s\ttoo"]);
    },
    onQuit: () => goodbyes++,
  });
  expect(await session(server, (account) => `mysql_column ${account} "${QUERY}"`)).toBe(
    "accepted: 1.5.0\n\nNULL\nit's \\x41 %s\ttoo\n",
  );
  expect(asked).toEqual([QUERY]);
  expect(goodbyes).toBe(1);
});

test("a table without rows is an empty answer", async () => {
  expect(await query(() => column("version_num", []))).toBe("accepted: \n");
});

test.each<[string, Reply, string]>([
  [
    "instead of a result",
    [error(1146, "42S02", "Table 'registry.alembic_version' doesn't exist")],
    "Table 'registry.alembic_version' doesn't exist (error 1146)",
  ],
  [
    "after some rows",
    [
      ...column("version_num", ["1.5.0"]).slice(0, -1),
      error(1317, "70100", "Query execution was interrupted"),
    ],
    "Query execution was interrupted (error 1317)",
  ],
])("the server's error is the reason, %s", async (_, reply, reason) => {
  expect(await query(() => reply)).toBe(`refused: ${reason}\n`);
});

test("a query is not tried after a login that was refused", async () => {
  const asked: string[] = [];
  const answer = (text: string) => {
    asked.push(text);
    return [];
  };
  expect(await query(answer, "wrong-password")).toContain("(error 1045)");
  expect(asked).toEqual([]);
});

const RESULT = column("version_num", ["1.5.0"]);
test.each<[string, Reply]>([
  ["nothing", []],
  ["an answer without rows", [Buffer.from([0, 0, 0, 2, 0, 0, 0])]],
  ["two columns", [Buffer.from([2]), ...RESULT.slice(1)]],
  ["no end of the columns", [...RESULT.slice(0, 2), ...RESULT.slice(3)]],
  ["no end of the rows", RESULT.slice(0, -1)],
  ["a row that is longer than it says", RESULT.with(3, Buffer.from("\x021.5.0"))],
])("an odd server is said to be one: %s", async (_, reply) => {
  expect(await query(() => reply)).toBe("refused: an unexpected reply from 127.0.0.1:<port>\n");
});

test.each<[string, (socket: Socket) => void]>([
  ["speaks first, in another way", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["hangs up", (socket) => socket.end()],
  ["says nothing", () => undefined],
])("another kind of server is told from MySQL: one that %s", async (_, other) => {
  expect(await login(other)).toBe("refused: no MySQL greeting from 127.0.0.1:<port>\n");
});
