import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { secretLines, shell } from "./fixtures/shell";
import { TcpServer } from "./fixtures/tcp-server";

/*
 * The server's side of MySQL's protocol as far as a login goes, written from its description: packets
 * of a 3-byte length, a sequence number and a payload.
 */

const ACCOUNT = { user: "harbor", password: "p%s\\x41'\"$(id)&", database: "registry" };

type Plugin = "mysql_native_password" | "caching_sha2_password";

interface Behaviour {
  /** What the server offers first. */
  readonly greets?: Plugin;
  /** What the account needs; another one than the client's is switched to. */
  readonly account?: Plugin;
  readonly nonce?: Buffer;
}

const sha1 = (...parts: Buffer[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha1")).digest();

/** Whether a scramble was made with the password: SHA1(scramble xor SHA1(nonce, stored)) is stored. */
function proves(scramble: Buffer, nonce: Buffer, password: string): boolean {
  const stored = sha1(sha1(Buffer.from(password)));
  const mask = sha1(nonce, stored);
  return sha1(Buffer.from(scramble.map((byte, i) => byte ^ mask[i]!))).equals(stored);
}

function packet(sequence: number, ...parts: (Buffer | string | number[])[]): Buffer {
  const payload = Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
}

const greeting = (nonce: Buffer, plugin: Plugin) =>
  packet(
    0,
    [10],
    "5.5.5-10.11.6-MariaDB-log\0",
    [7, 0, 0, 0],
    nonce.subarray(0, 8),
    [0, 0xfe, 0xf7, 33, 2, 0, 0xff, 0x81, 21],
    Buffer.alloc(10),
    nonce.subarray(8),
    [0],
    `${plugin}\0`,
  );
const ok = (sequence: number) => packet(sequence, [0, 0, 0, 2, 0, 0, 0]);
const denied = (sequence: number, user: string) =>
  packet(
    sequence,
    [0xff, 0x15, 0x04],
    "#28000",
    `Access denied for user '${user}'@'127.0.0.1' (using password: YES)`,
  );

/** The fields of a client's reply: flags 4, longest packet 4, charset 1, filler 23, then texts. */
function loginOf(payload: Buffer) {
  const flags = payload.readUInt32LE(0);
  const texts = payload.subarray(32);
  const user = texts.subarray(0, texts.indexOf(0)).toString();
  const rest = texts.subarray(user.length + 1);
  const scramble = rest.subarray(1, 1 + rest[0]!);
  const [database, plugin] = rest
    .subarray(1 + rest[0]!)
    .toString()
    .split("\0");
  return { flags, user, scramble, database, plugin };
}

function nonceOf(length: number): Buffer {
  return Buffer.from(randomBytes(length).map((byte) => (byte % 127) + 1));
}

/** A server with one account; it checks the scramble as a real one does. */
function mysql({
  greets = "mysql_native_password",
  account = "mysql_native_password",
  nonce = nonceOf(20),
}: Behaviour = {}) {
  return (socket: Socket) => {
    socket.write(greeting(nonce, greets));
    let input = Buffer.alloc(0);
    let login: ReturnType<typeof loginOf> | undefined;
    const second = nonceOf(20);
    const verdict = (sequence: number, scramble: Buffer, used: Buffer) => {
      const accepted =
        login!.user === ACCOUNT.user &&
        login!.database === ACCOUNT.database &&
        proves(scramble, used, ACCOUNT.password);
      const reply = accepted ? ok(sequence) : denied(sequence, login!.user);
      // The reply comes after a look at the processes.
      setTimeout(() => socket.write(reply), 50);
    };
    socket.on("data", (data: Buffer) => {
      input = Buffer.concat([input, data]);
      if (input.length < 4 || input.length < 4 + input.readUIntLE(0, 3)) return;
      const sequence = input[3]!;
      const payload = input.subarray(4, 4 + input.readUIntLE(0, 3));
      input = input.subarray(4 + payload.length);
      if (login) {
        verdict(sequence + 1, payload, second);
        return;
      }
      login = loginOf(payload);
      if (greets === "mysql_native_password" && account === login.plugin) {
        verdict(sequence + 1, login.scramble, nonce);
      } else {
        socket.write(packet(sequence + 1, [0xfe], `${account}\0`, second, [0]));
      }
    });
  };
}

let server: TcpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function login(onConnection: (socket: Socket) => void, password = ACCOUNT.password) {
  server = await TcpServer.start(onConnection);
  const { stdout, stderr, commandLines } = await shell({
    parts: ["prelude", "mysql-session"],
    text: `read_input
if reason=$(mysql_login 127.0.0.1 ${server.port} ${ACCOUNT.user} "\${SECRET[database_password]}" ${ACCOUNT.database}); then
  echo accepted
else
  echo "refused: $reason"
fi`,
    input: secretLines({ database_password: password }),
    // A server that says nothing is waited for no longer than this here.
    paths: { "timeout 5 head": "timeout 1 head" },
  });
  for (const line of commandLines) expect(line).not.toContain(password);
  expect(stderr).toBe("");
  return stdout.replaceAll(`:${server.port}`, ":<port>");
}

test("logs in with the right password, whatever is in it", async () => {
  expect(await login(mysql())).toBe("accepted\n");
});

test.each([
  ["bytes that printf would read", Buffer.from("%s\\n%d\\x00'\"`$(!&*[]")],
  ["line ends and blanks", Buffer.from("\n\r\t \n\r\t \n\r\t \n\r\t \n\r\t ")],
  ["bytes that are no UTF-8", Buffer.from([...Array(20).keys()].map((i) => 0xff - i))],
])("whatever the server's nonce is made of: %s", async (_, bytes) => {
  expect(await login(mysql({ nonce: bytes.subarray(0, 20) }))).toBe("accepted\n");
});

test("follows a server that asks for the same method with another nonce", async () => {
  expect(await login(mysql({ greets: "caching_sha2_password" }))).toBe("accepted\n");
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

test.each<[string, (socket: Socket) => void]>([
  ["speaks first, in another way", (socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ["hangs up", (socket) => socket.end()],
  ["says nothing", () => undefined],
])("another kind of server is told from MySQL: one that %s", async (_, other) => {
  expect(await login(other)).toBe("refused: no MySQL greeting from 127.0.0.1:<port>\n");
});
