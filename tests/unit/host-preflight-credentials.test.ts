import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACCOUNT, column, mysql } from "./fixtures/mysql-server";
import { functionsOf, secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

/* What the preflight says of the credentials with which Harbor runs on a host already. */

const FUNCTIONS = functionsOf("preflight");
const REDIS_PASSWORD = "redis.of-now";

let folder: string;
let servers: TcpServer[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-credentials-"));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const server = await TcpServer.start(onConnection);
  servers.push(server);
  return server.port;
}

function redis(socket: Socket): void {
  socket.on("data", (data) => {
    const text = data.toString();
    if (text.includes("AUTH")) {
      socket.write(text.includes(REDIS_PASSWORD) ? "+OK\r\n" : "-WRONGPASS invalid password\r\n");
    }
    if (text.includes("TIME")) socket.write("*2\r\n$10\r\n1600000000\r\n$6\r\n091234\r\n");
  });
}

function writeEnvironment(service: string, content: string): void {
  const config = join(folder, "current/common/config", service);
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, "env"), content);
}

/** What is said where the given passwords are these, and the database and Redis take their own. */
async function check(given: { database: string; redis: string }, running = ACCOUNT.password) {
  const database = await serve(mysql({ answer: () => column("1", ["1"]) }));
  const store = await serve(redis);
  writeEnvironment(
    "adminserver",
    `LOG_LEVEL=debug\nMYSQL_HOST=127.0.0.1\nMYSQL_PORT=${database}\nMYSQL_USR=${ACCOUNT.user}\nMYSQL_PWD=${running}\nMYSQL_DATABASE=${ACCOUNT.database}\n`,
  );
  writeEnvironment("ui", `_REDIS_URL=127.0.0.1:${store},100,${REDIS_PASSWORD},0\n`);
  return run(given);
}

async function run(given: { database: string; redis: string }) {
  const result = await shell({
    parts: ["prelude", "redis-session", "mysql-session"],
    text: `${FUNCTIONS}\nread_input\ncheck_earlier_database\ncheck_earlier_redis\nexit "$problems"`,
    environment: { INSTALL_DIR: folder, DATABASE_USER: ACCOUNT.user },
    input: secretLines({ database_password: given.database, redis_password: given.redis }),
  });
  for (const line of result.commandLines) expect(line).not.toContain(ACCOUNT.password);
  return { status: result.status, stderr: result.stderr };
}

test("of a host without Harbor nothing is said", async () => {
  expect(await run({ database: "new", redis: "new" })).toEqual({ status: 0, stderr: "" });
});

test("of credentials that stay nothing is said", async () => {
  const same = { database: ACCOUNT.password, redis: REDIS_PASSWORD };
  expect(await check(same)).toEqual({ status: 0, stderr: "" });
});

test("earlier ones that are still accepted let the nodes change one after another", async () => {
  const said =
    "what this node runs with is accepted too, so the nodes can change one after another";
  expect(await check({ database: "new", redis: "new" })).toEqual({
    status: 0,
    stderr: `hub1: ok       database: ${said}\nhub1: ok       redis: ${said}\n`,
  });
});

test("earlier ones that are refused are a warning and no problem, and are not shown", async () => {
  const given = { database: ACCOUNT.password, redis: REDIS_PASSWORD };
  const { status, stderr } = await check(given, "Secret-earlier");
  expect(status).toBe(0);
  expect(stderr).toMatch(
    /^hub1: warning {2}database: what this node runs with is not accepted any more \(Access denied .*\): it may serve nobody until its turn\. Let both be accepted .*\(database\.password\), see "Changing passwords" in docs\/operations\.md\n$/,
  );
  expect(stderr).not.toContain("Secret-earlier");
});

test("so is an earlier password of Redis", async () => {
  writeEnvironment("ui", `_REDIS_URL=127.0.0.1:${await serve(redis)},100,Secret-earlier,0\n`);
  const { status, stderr } = await run({ database: "new", redis: REDIS_PASSWORD });
  expect(status).toBe(0);
  expect(stderr).toMatch(/^hub1: warning {2}redis: .*the password is refused: -WRONGPASS/);
  expect(stderr).not.toContain("Secret-earlier");
});
