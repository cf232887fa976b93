import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Server } from "node:net";
import { certificate, shownCertificate } from "../../operate/prove/certificate";
import { ask, askingOnce } from "../../operate/prove/http";
import { type Certified, keyPem, makeCa, makeLeaf } from "./fixtures/certificates";

const NAME = "hub.example.com";
const DAY_MS = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS);
const VALID = { notBefore: daysFromNow(-2), notAfter: daysFromNow(10) };

let servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  servers = [];
});

/** Answers with what it was asked. @returns the port on this machine */
async function start(server: http.Server | https.Server): Promise<number> {
  servers.push(server);
  server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
    const { method, url, headers } = request;
    request.setEncoding("utf8");
    let body = "";
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () =>
      response
        .writeHead(200, { "Set-Cookie": "id=1; Path=/; secure" })
        .end(JSON.stringify({ method, url, host: headers.host, cookie: headers.cookie, body })),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const startSecure = ({ certificate: cert, key }: Certified) =>
  start(https.createServer({ cert, key: keyPem(key) }));

const site = (scheme: string, port: number, caCertificate?: string) => ({
  url: new URL(`${scheme}://${NAME}:${String(port)}`),
  ...(caCertificate !== undefined && { caCertificate }),
});

describe("asking a node under the common name", () => {
  test("over HTTP, with a form and headers", async () => {
    const port = await start(http.createServer());
    const { status, headers, body } = await ask(site("http", port), "127.0.0.1", "/login?a=b", {
      form: { principal: "admin", password: "a b" },
      headers: { Cookie: "id=1" },
    });
    expect(status).toBe(200);
    expect(headers["set-cookie"]).toEqual(["id=1; Path=/; secure"]);
    expect(JSON.parse(body)).toEqual({
      method: "POST",
      url: "/login?a=b",
      host: `${NAME}:${String(port)}`,
      cookie: "id=1",
      body: "principal=admin&password=a+b",
    });
  });

  test("over HTTPS, by an authority that the client was told of", async () => {
    const ca = await makeCa("lab authority", VALID);
    const port = await startSecure(await makeLeaf([NAME], ca, VALID));
    const { body } = await ask(site("https", port, ca.certificate), "127.0.0.1", "/v2/");
    expect(JSON.parse(body)).toMatchObject({ method: "GET", url: "/v2/" });
  });

  test.each([
    ["another authority", NAME, VALID, "other", /unable to verify|self.signed/],
    ["another name", "other.example.com", VALID, "own", /altnames|alternative/i],
    ["an expired certificate", NAME, { ...VALID, notAfter: daysFromNow(-1) }, "own", /expired/],
  ])("%s is refused", async (_, name, validity, trusted, reason) => {
    const [own, other] = [await makeCa("own", VALID), await makeCa("other", VALID)];
    const port = await startSecure(await makeLeaf([name], own, validity));
    const ca = trusted === "own" ? own : other;
    const asked = site("https", port, ca.certificate);
    await expect(ask(asked, "127.0.0.1", "/v2/")).rejects.toThrow(reason);
    await expect(shownCertificate(asked, "127.0.0.1")).rejects.toThrow(reason);
  });
});

test("bytes go out and come back as they are, whatever they are", async () => {
  const server = http.createServer();
  server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
    response.writeHead(201, { "X-Length": request.headers["content-length"] });
    request.pipe(response);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const content = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
  const put = { method: "PUT", content };
  const { status, headers, bytes } = await ask(site("http", port), "127.0.0.1", "/x", put);
  expect({ status, length: headers["x-length"], bytes }).toEqual({
    status: 201,
    length: "4",
    bytes: content,
  });
});

test("a node that gave no answer is not asked again", async () => {
  const port = await start(http.createServer());
  const asking = askingOnce();
  const asked = site("http", port);
  await expect(asking(asked, "127.0.0.9", "/")).rejects.toThrow("ECONNREFUSED");
  const late = http.createServer((_, response) => response.end());
  servers.push(late);
  late.listen(port, "127.0.0.9");
  await once(late, "listening");
  await expect(asking(asked, "127.0.0.9", "/")).rejects.toThrow("ECONNREFUSED");
  expect((await asking(asked, "127.0.0.1", "/")).status).toBe(200);
});

describe("the certificate check", () => {
  const run = (port: number, ca: Certified, addresses: string[]) =>
    certificate.run({
      ...site("https", port, ca.certificate),
      user: { name: "admin", password: "" },
      nodes: addresses.map((address, i) => ({ name: `hub${String(i + 1)}`, address })),
    });

  test("names the authority, the last day and the nodes", async () => {
    const ca = await makeCa("lab authority", VALID);
    const port = await startSecure(await makeLeaf([NAME], ca, VALID));
    const day = VALID.notAfter.toISOString().slice(0, 10);
    expect(await run(port, ca, ["127.0.0.1", "127.0.0.1"])).toBe(
      `${NAME}, of lab authority, expires ${day}; verified on hub1, hub2`,
    );
  });

  test("a node with another certificate is named", async () => {
    const ca = await makeCa("lab authority", VALID);
    const port = await startSecure(await makeLeaf([NAME], ca, VALID));
    const second = await makeLeaf([NAME], ca, VALID);
    const server = https.createServer({ cert: second.certificate, key: keyPem(second.key) });
    servers.push(server);
    server.listen(port, "127.0.0.2");
    await once(server, "listening");
    await expect(run(port, ca, ["127.0.0.1", "127.0.0.2"])).rejects.toThrow(
      /^the nodes show different certificates\nhub1: [0-9A-F:]+\nhub2: [0-9A-F:]+$/,
    );
  });

  test("a node that does not answer is named", async () => {
    const ca = await makeCa("lab authority", VALID);
    const port = await startSecure(await makeLeaf([NAME], ca, VALID));
    await expect(run(port, ca, ["127.0.0.1", "127.0.0.3"])).rejects.toThrow(
      /^hub2: .*ECONNREFUSED/,
    );
  });

  test("is for HTTPS alone", () => {
    const applies = (scheme: string) =>
      certificate.appliesTo!({
        ...site(scheme, 80),
        nodes: [],
        user: { name: "admin", password: "" },
      });
    expect([applies("https"), applies("http")]).toEqual([true, false]);
  });
});
