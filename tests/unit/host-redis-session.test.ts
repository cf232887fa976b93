import type { Socket } from "node:net";
import { RedisServer } from "./fixtures/redis-server";
import { secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

const PASSWORD = "a.b_c~d+e=f!g*h^i-j";

let server: RedisServer | TcpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** What `text` prints after a connection to the server by the password. */
function session(text: string, password = PASSWORD) {
  return shell({
    parts: ["prelude", "redis-session"],
    text: `read_input\n${text.replaceAll("SERVER", `127.0.0.1 ${server!.port}`)}`,
    input: secretLines({ redis_password: password }),
  });
}

const time = (password?: string) =>
  session(
    'if theirs=$(redis_time SERVER); then echo "at $theirs"; else echo "no: $theirs"; fi',
    password,
  );

test("prints the server's clock in milliseconds", async () => {
  server = await RedisServer.start(PASSWORD);
  const { stdout, stderr, commandLines } = await time();
  expect(stdout).toBe("at 1600000000091\n");
  expect(stderr).toBe("");
  expect(commandLines.size).toBeGreaterThan(0);
  for (const line of commandLines) expect(line).not.toContain(PASSWORD);
});

test("says that the password is refused, and not which one", async () => {
  server = await RedisServer.start(PASSWORD);
  const { stdout, stderr } = await time("wrong-password");
  expect(stdout).toBe("no: the password is refused: -WRONGPASS invalid username-password pair\n");
  expect(stdout + stderr).not.toContain("wrong-password");
});

test("tells another server from Redis", async () => {
  server = await TcpServer.start((socket: Socket) => socket.write("+OK\r\nhello\r\n"));
  const { stdout } = await time();
  expect(stdout).toMatch(/^no: an unexpected reply from 127\.0\.0\.1:\d+ \(is it Redis\?\)\n$/);
});

test("reads a list with words that are not there", async () => {
  server = await RedisServer.start(PASSWORD);
  server.values.set("b", "two words");
  const { stdout } = await session(
    `redis_open SERVER; redis_send MGET a b c; redis_reply; printf '<%s>' "\${REDIS_REPLY[@]}"`,
  );
  expect(stdout).toBe("<><two words><>");
});

test("a connection that breaks is a failure and not the end", async () => {
  server = await TcpServer.start((socket: Socket) => {
    socket.end("+OK\r\n");
  });
  const { status, stdout, stderr } = await session(
    "redis_open SERVER; sleep 0.2; redis_send PING || true; { redis_send PING && redis_reply; } || echo over",
  );
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "over\n", stderr: "" });
});

test("says that nothing answers", async () => {
  const gone = await TcpServer.start(() => undefined);
  const { port } = gone;
  await gone.stop();
  const { stdout } = await shell({
    parts: ["prelude", "redis-session"],
    text: `SECRET[redis_password]=x\nredis_time 127.0.0.1 ${port} || true`,
  });
  expect(stdout).toBe(`no answer from 127.0.0.1:${port}\n`);
});
