import type { AddressInfo } from "node:net";
import { Server } from "ssh2";
import { withClient } from "../../host/ssh/dial";
import { sshKeyPair } from "./fixtures/ssh-server";

test("a pinned RSA key is proven by a signature with SHA-2, as servers of today make no other", async () => {
  const key = sshKeyPair("rsa");
  const signatures: string[] = [];
  const server = new Server({ hostKeys: [key.private] }, (client) => {
    client.on("handshake", ({ serverHostKey }) => signatures.push(serverHostKey));
    client.on("authentication", (attempt) => attempt.accept());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const endpoint = { host: "127.0.0.1", port, user: "root", hostKey: key.public };
  await withClient(
    { ...endpoint, dialErrorLimit: 0, perDialTimeout: 15 },
    () => undefined,
    () => Promise.resolve(),
  );
  await new Promise((done) => server.close(done));
  expect(signatures).toEqual(["rsa-sha2-512"]);
});
