import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { connect, createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent } from "undici";
import { fetchArchive, type FetchOptions } from "../../release/download";
import { ReleaseError } from "../../release/release-error";
import { keyPem, makeCertificate } from "./fixtures/certificates";

const CONTENT = randomBytes(3 * 1024 * 1024);
const SUM = createHash("sha256").update(CONTENT).digest("hex");

const day = (offset: number) => new Date(Date.now() + offset * 86_400_000);

let server: Server;
let dispatcher: Agent;
let handle: RequestListener;
let requests: IncomingMessage[];
let cacheDir: string;
let lines: string[];
const url = (path = "/harbor.tgz") =>
  `https://localhost:${(server.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  const { certificate: cert, key } = await makeCertificate({
    subject: "localhost",
    names: ["localhost"],
    notBefore: day(-1),
    notAfter: day(1),
  });
  server = createServer({ key: keyPem(key), cert }, (request, response) => {
    requests.push(request);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  dispatcher = new Agent({ connect: { ca: cert } });
});
afterAll(async () => {
  await dispatcher.destroy();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "harbor-ha-download-"));
  requests = [];
  lines = [];
  handle = (_, response) => response.end(CONTENT);
});
afterEach(() => rmSync(cacheDir, { recursive: true, force: true }));

const fetch = (options: Partial<FetchOptions> = {}, from = url()) =>
  fetchArchive(from, {
    sha256: SUM,
    cacheDir,
    dispatcher,
    report: (line) => lines.push(line),
    ...options,
  });

async function failure(options: Partial<FetchOptions> = {}, from = url()): Promise<string> {
  const error: unknown = await fetch(options, from).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ReleaseError);
  return (error as ReleaseError).message;
}

const downloads = () => {
  const folder = join(cacheDir, "downloads");
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Answers with the part of the content that was asked for, cut off after some bytes. */
function sendUntil(bytes: number, request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const part = CONTENT.subarray(from);
  const range = { "content-range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    etag: '"one"',
    "content-length": part.length,
    ...(from > 0 ? range : {}),
  });
  if (bytes >= part.length) response.end(part);
  else response.write(part.subarray(0, bytes), () => setTimeout(() => response.destroy(), 100));
}

test("a path is returned as it is", async () => {
  expect(await fetchArchive("./harbor.tgz", { cacheDir })).toBe("./harbor.tgz");
  expect(downloads()).toEqual([]);
});

test("a URL is downloaded once, to a private file", async () => {
  const file = await fetch({ sha256: SUM.toUpperCase() });
  expect(file).toBe(join(cacheDir, "downloads", `${SUM}.tgz`));
  expect(readFileSync(file).equals(CONTENT)).toBe(true);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(cacheDir, "downloads")).mode & 0o777).toBe(0o700);
  expect(lines).toEqual([expect.stringMatching(/harbor\.tgz: 3 MB in 0 s, \d+(\.\d)? MB\/s$/)]);
  expect(await fetch()).toBe(file);
  expect(requests).toHaveLength(1);
});

test("a download that was spoilt is made again", async () => {
  const file = await fetch();
  const { mtime } = statSync(file);
  writeFileSync(file, randomBytes(CONTENT.length));
  utimesSync(file, mtime, mtime);
  await fetch();
  expect(requests).toHaveLength(2);
  expect(readFileSync(file).equals(CONTENT)).toBe(true);
});

test("what a killed run left is removed, what another run is at is not", async () => {
  const folder = join(cacheDir, "downloads");
  mkdirSync(folder);
  for (const name of ["old.partial", "new.partial"]) writeFileSync(join(folder, name), "");
  utimesSync(join(folder, "old.partial"), 0, 0);
  await fetch();
  expect(downloads().sort()).toEqual([`${SUM}.tgz`, "new.partial"].sort());
});

test("another sum is an error with both and the setting, and leaves nothing", async () => {
  const other = "0".repeat(64);
  const message = await failure({ sha256: other, setting: "images.archive" });
  expect(message).toMatch(/^images\.archive: https:\/\/localhost:\d+\/harbor\.tgz has the SHA-256/);
  expect(message).toContain(`${SUM}, images.sha256 asks for ${other}`);
  expect(downloads()).toEqual([]);
});

test("only an https URL with a sum is taken", async () => {
  expect(await failure({}, "http://localhost/x.tgz")).toMatch(/only a path or an https URL/);
  expect(await failure({ sha256: undefined })).toMatch(/needs release\.sha256/);
  expect(requests).toEqual([]);
});

test("a query is sent, and shown nowhere", async () => {
  handle = (_, response) => response.writeHead(404).end();
  const message = await failure({}, url("/harbor.tgz?token=secret"));
  expect(requests[0]?.url).toBe("/harbor.tgz?token=secret");
  expect(message + lines.join()).not.toContain("secret");
});

test.each([
  [404, /cannot be downloaded: it is not there \(404\)/, 1],
  [403, /the server refuses it \(403\)/, 1],
  [503, /the server answers 503/, 3],
])("status %d", async (status, message, tries) => {
  handle = (_, response) => response.writeHead(status).end("x");
  expect(await failure()).toMatch(message);
  expect(requests).toHaveLength(tries);
  expect(downloads()).toEqual([]);
});

describe("redirects", () => {
  test("are followed to https", async () => {
    handle = ({ url: path }, response) => {
      if (path === "/harbor.tgz") response.writeHead(302, { location: "/other" }).end();
      else response.end(CONTENT);
    };
    await fetch();
    expect(requests.map((request) => request.url)).toEqual(["/harbor.tgz", "/other"]);
  });

  test.each([
    ["http://example.com/x?token=secret", /redirects to example\.com without TLS/],
    ["/harbor.tgz", /redirects too often/],
    [undefined, /redirects to no address/],
  ])("to %s are refused", async (location, message) => {
    handle = (_, response) => response.writeHead(302, location ? { location } : {}).end();
    const told = await failure();
    expect(told).toMatch(message);
    expect(told).not.toContain("secret");
  });
});

describe("a connection that breaks", () => {
  test("goes on where it was", async () => {
    handle = (request, response) =>
      sendUntil(requests.length === 1 ? 1024 * 1024 : Infinity, request, response);
    const file = await fetch();
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
    expect(requests).toHaveLength(2);
    expect(requests[1]?.headers).toMatchObject({
      range: `bytes=${1024 * 1024}-`,
      "if-range": '"one"',
    });
    expect(lines[0]).toMatch(/; trying again$/);
  });

  test("begins anew where the server sends the whole", async () => {
    handle = (request, response) => {
      if (requests.length === 1) return sendUntil(1024 * 1024, request, response);
      response.end(CONTENT);
    };
    expect(readFileSync(await fetch()).equals(CONTENT)).toBe(true);
  });

  test("is given up after three tries, and leaves nothing", async () => {
    handle = (request, response) => sendUntil(1000, request, response);
    expect(await failure()).toMatch(/cannot be downloaded: /);
    expect(requests).toHaveLength(3);
    expect(downloads()).toEqual([]);
  });

  test("is not taken for the end by another part than was asked for", async () => {
    handle = (request, response) => {
      if (requests.length === 1) return sendUntil(1000, request, response);
      response.writeHead(206, { "content-range": "bytes 0-9/10" }).end("0123456789");
    };
    expect(await failure()).toMatch(/another part than was asked for/);
  });
});

test("more than 4 GiB is refused before it is downloaded", async () => {
  handle = (_, response) => {
    response.writeHead(200, { "content-length": 4 * 1024 ** 3 + 1 });
    response.write("x");
  };
  expect(await failure()).toMatch(/is larger than 4 GiB/);
  expect(downloads()).toEqual([]);
});

test("a certificate that is not trusted is said so", async () => {
  const strict = new Agent();
  expect(await failure({ dispatcher: strict })).toMatch(/TLS fails.*NODE_EXTRA_CA_CERTS/);
  await strict.destroy();
  expect(requests).toEqual([]);
});

test("a host that is not known is said so", async () => {
  const lookup = new Agent({
    connect: {
      lookup: (_host, _options, done) =>
        done(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), "", 4),
    },
  });
  expect(await failure({ dispatcher: lookup })).toMatch(/name is not known here \(ENOTFOUND\)/);
  await lookup.destroy();
});

test("a folder that cannot be made is an error of its own", async () => {
  writeFileSync(join(cacheDir, "downloads"), "a file where the folder should be");
  expect(await failure()).toMatch(/cannot be kept in .*downloads: /);
  rmSync(join(cacheDir, "downloads"));
});

describe("the environment's proxy", () => {
  let proxy: ReturnType<typeof createTcpServer>;
  let asked: string[];
  const saved = { ...process.env };
  beforeEach(async () => {
    asked = [];
    proxy = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (head: Buffer) => {
        asked.push(head.toString().split("\r\n")[0]!);
        const [, host, port] = /^CONNECT ([^:]+):(\d+)/.exec(head.toString())!;
        const target = connect(Number(port), host, () => {
          socket.write("HTTP/1.1 200 OK\r\n\r\n");
          socket.pipe(target).pipe(socket);
        });
        target.on("error", () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${port}`;
    process.env["https_proxy"] = `http://127.0.0.1:${port}`;
    for (const name of ["NO_PROXY", "no_proxy"]) delete process.env[name];
  });
  afterEach(async () => {
    for (const name of ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"]) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
    await new Promise((resolve) => proxy.close(resolve));
  });

  // The server's certificate is not trusted without a dispatcher of the test's.
  test("is gone through, without a warning of the library's", async () => {
    const warned = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect(await failure({ dispatcher: undefined })).toMatch(/TLS fails/);
    expect(asked[0]).toMatch(/^CONNECT localhost:\d+ /);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test("is passed by for what NO_PROXY names", async () => {
    process.env["no_proxy"] = "localhost";
    expect(await failure({ dispatcher: undefined })).toMatch(/TLS fails/);
    expect(asked).toEqual([]);
  });

  test("that is no URL is said so, without what it holds", async () => {
    process.env["https_proxy"] = "http://user:secret@:bad";
    const message = await failure({ dispatcher: undefined });
    expect(message).toMatch(/HTTPS_PROXY or HTTP_PROXY of the environment is not a URL/);
    expect(message).not.toContain("secret");
  });
});
