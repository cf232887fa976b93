import { createSocket, type Socket } from "node:dgram";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Deployment } from "../../lab/proof/check";
import { sleep } from "../../lab/shell";
import { startSteady, type SteadySeen } from "../lab/load/steady";

/*
 * The client that says that nobody saw a failure has to see them. Nodes are addresses of this machine;
 * only the second one serves.
 */

const IMAGE = { repository: "library/steady", digest: "sha256:right" };
const NODES = [
  { name: "hub1", address: "127.0.0.1" },
  { name: "hub2", address: "127.0.0.2" },
];

/** A DNS server whose answer to everything is these addresses. */
async function nameServer(addresses: readonly string[]): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const head = Buffer.from(query.subarray(0, end));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(addresses.length, 6);
    head.writeUInt32BE(0, 8);
    const records = addresses.map((each) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...each.split(".").map(Number)]),
    );
    socket.send(Buffer.concat([head, ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

const serves: RequestListener = (request, response) => {
  const manifest = request.url!.startsWith("/v2/");
  if (manifest && request.headers.authorization !== "Bearer t") response.statusCode = 401;
  response.setHeader("Docker-Content-Digest", IMAGE.digest);
  response.end(manifest ? "{}" : '{"token":"t"}');
};

let server: Server;
afterEach(() => server.close());

/** What the client has seen of a name with these addresses, of which the last is served so. */
async function seenOf(
  addresses: readonly string[],
  listener: RequestListener,
): Promise<SteadySeen> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.2", resolve));
  const dns = await nameServer(addresses);
  const { port } = server.address() as AddressInfo;
  const deployment = {
    lab: { nodes: NODES, dns: { server: "127.0.0.1", port: dns.address().port } },
    url: new URL(`http://hub.example.com:${String(port)}`),
    adminPassword: "secret",
  } as unknown as Deployment;
  const steady = startSteady(deployment, IMAGE);
  await sleep(0.35);
  const seen = await steady.stop();
  dns.close();
  return seen;
}

test("an address that refuses costs no failure, and the next one is taken", async () => {
  const seen = await seenOf(["127.0.0.1", "127.0.0.2"], serves);
  expect(seen.requests).toBeGreaterThan(1);
  // For the token and for the manifest.
  expect(seen).toMatchObject({ failures: [], refused: 2 * seen.requests, unreachable: 0 });
  expect(seen.lastSuccess).toBeGreaterThan(0);
});

test("an answer that is no success is a failure, even if another address is left", async () => {
  const seen = await seenOf(["127.0.0.2", "127.0.0.1"], (_, response) => {
    response.writeHead(502).end();
  });
  expect(seen.failures).toHaveLength(seen.requests);
  expect(seen.failures[0]).toMatchObject({ node: "hub2", what: "502 /service/token" });
  expect(seen).toMatchObject({ refused: 0, lastSuccess: 0 });
});

test.each<[string, readonly string[], RequestListener, object]>([
  ["a connection cut", ["127.0.0.2"], ({ socket }) => socket.destroy(), { node: "hub2" }],
  ["nobody left to ask", ["127.0.0.1"], serves, { node: "hub1" }],
  ["a name without an address", [], serves, { node: "dns" }],
  [
    "another manifest",
    ["127.0.0.2"],
    (_, response) => response.setHeader("Docker-Content-Digest", "x").end('{"token":"t"}'),
    { node: "hub2", what: expect.stringContaining("the manifest is another") },
  ],
])("%s is a failure", async (_, addresses, listener, failure) => {
  const seen = await seenOf(addresses, listener);
  expect(seen.failures).toHaveLength(seen.requests);
  expect(seen.failures[0]).toMatchObject(failure);
});
