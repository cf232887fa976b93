import type { Socket } from "node:net";
import { secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

const PASSWORD = "a.b_c~d+e=f!g*h^i-j";

let server: TcpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A Redis that asks for a password; TIME answers a fixed moment. */
function redis(socket: Socket): void {
  let input = "";
  socket.on("data", (data) => {
    input += data.toString();
    if (!input.endsWith("TIME\r\n")) return;
    const [, , auth, , password] = input.split("\r\n");
    if (auth !== "AUTH" || password !== PASSWORD) {
      socket.end("-WRONGPASS invalid username-password pair or user is disabled.\r\n");
    } else {
      // Answers come after the look at the processes.
      setTimeout(() => socket.write("+OK\r\n*2\r\n$10\r\n1600000000\r\n$6\r\n091234\r\n"), 100);
    }
  });
}

async function time(onConnection: (socket: Socket) => void, password = PASSWORD) {
  server = await TcpServer.start(onConnection);
  return shell({
    parts: ["prelude", "redis-session"],
    text: `read_input\nif theirs=$(redis_time 127.0.0.1 ${server.port}); then echo "at $theirs"; else echo "no: $theirs"; fi`,
    input: secretLines({ redis_password: password }),
  });
}

test("prints the server's clock in milliseconds", async () => {
  const { stdout, stderr, commandLines } = await time(redis);
  expect(stdout).toBe("at 1600000000091\n");
  expect(stderr).toBe("");
  expect(commandLines.size).toBeGreaterThan(0);
  for (const line of commandLines) expect(line).not.toContain(PASSWORD);
});

test("says that the password is refused, and not which one", async () => {
  const { stdout, stderr } = await time(redis, "wrong-password");
  expect(stdout).toBe(
    "no: the password is refused: -WRONGPASS invalid username-password pair or user is disabled.\n",
  );
  expect(stdout + stderr).not.toContain("wrong-password");
});

test("tells another server from Redis", async () => {
  const { stdout } = await time((socket) => socket.write("+OK\r\nhello\r\n\r\n\r\n\r\n\r\n"));
  expect(stdout).toMatch(/^no: an unexpected reply from 127\.0\.0\.1:\d+ \(is it Redis\?\)\n$/);
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
