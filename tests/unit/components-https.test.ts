import { createHash, createPublicKey } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Built, build, inputOf, parametersOf, valueOf } from "./fixtures/cluster";
import { ecKey, keyPem, makeCa, makeLeaf } from "./fixtures/certificates";

const HOST = "hub.example.com";

let built: Built;
let certificate: string;
let key: string;
let ca: string;
beforeAll(async () => {
  const issuer = await makeCa("CA");
  const leaf = await makeLeaf([HOST], issuer, { notAfter: new Date("2031-05-01T12:00:00Z") });
  [certificate, key, ca] = [leaf.certificate, keyPem(leaf.key), issuer.certificate];
  built = await build({ port: 443, tls: { source: "provided", certificate, key, ca } });
});

const command = (name: string) =>
  built.resources.find((resource) => resource.name === name && resource.type.includes("Command"))!;

test("clients are told https, without its usual port, and when the certificate ends", async () => {
  const { cluster } = built;
  expect((await valueOf(cluster.url)).value).toBe("https://hub.example.com");
  expect((await valueOf(cluster.certificateExpiry!)).value).toBe("2031-05-01T12:00:00.000Z");
  expect((await valueOf(cluster.caCertificate!)).value).toBe(ca);
  expect((await valueOf(cluster.clientInstructions)).value).toContain(
    "/etc/docker/certs.d/hub.example.com/ca.crt",
  );
});

test("the pair lands on the nodes, its key for root alone, and is not seen", () => {
  const stage = command("hub2-stage");
  const files = new Map(inputOf(stage).files.map((file) => [file.path, file]));
  expect(files.get("common/config/nginx/cert/server.crt")?.content).toBe(certificate);
  expect(files.get("common/config/nginx/cert/server.key")).toMatchObject({
    content: key,
    mode: "0600",
  });
  expect(stage.inputs["create"]).toContain('"443:443"');
  expect(stage.inputs["create"]).toContain("{{ tlsKey }}");
  // By it a preview shows that another certificate comes.
  expect(stage.inputs["create"]).toMatch(
    /\n\{\{ tlsCertificate: valid until 2031-05-01, SHA-256 [0-9A-F:]{95} \}\}\n/,
  );
  const line = key.split("\n")[1]!;
  for (const { plainText } of built.resources) expect(plainText).not.toContain(line);
});

test("the gate knows this node's proxy by its certificate's key", () => {
  const start = command("hub1-start");
  expect(parametersOf(start.inputs["create"])).toMatchObject({ PROTOCOL: "https", PORT: "443" });
  const spki = createPublicKey(certificate).export({ type: "spki", format: "der" });
  expect(inputOf(start).secrets["certificate_pin"]).toBe(
    `sha256//${createHash("sha256").update(spki).digest("base64")}`,
  );
});

test("the pin is of the certificate, also where a public key stands before it", async () => {
  const other = createPublicKey(ecKey()).export({ type: "spki", format: "pem" }) as string;
  const tls = { source: "provided", certificate: other + certificate, key } as const;
  const { resources } = await build({ tls });
  const pinIn = (among: Built["resources"]) =>
    inputOf(among.find(({ name, type }) => name === "hub1-start" && type.includes("Command"))!)
      .secrets["certificate_pin"];
  expect(pinIn(resources)).toBe(pinIn(built.resources));
});

test("a client is given the CA", () => {
  const client = command("build1-client");
  expect(parametersOf(client.inputs["create"])).toMatchObject({
    PROTOCOL: "https",
    REGISTRY: HOST,
  });
  expect(inputOf(client).files).toEqual([
    { path: "/etc/docker/certs.d/hub.example.com/ca.crt", mode: "0644", content: ca },
  ]);
});

test("a private CA signs a certificate for the common name, and its keys are secrets", async () => {
  const tls = { source: "private-ca", validityDays: 90, renewBeforeDays: 20 } as const;
  const { resources } = await build({ tls }, certificate);
  const named = (name: string) => resources.find((resource) => resource.name === name)!;
  expect(named("proxy-request").inputs["dnsNames"]).toEqual([HOST]);
  expect(named("proxy-certificate").inputs).toMatchObject({
    validityPeriodHours: 90 * 24,
    earlyRenewalHours: 20 * 24,
    allowedUses: expect.arrayContaining(["server_auth"]) as unknown,
  });
  expect(named("ca-certificate").inputs["isCaCertificate"]).toBe(true);
  for (const name of ["ca-certificate", "proxy-request"]) {
    expect(named(name).secretInputs).toContain("privateKeyPem");
  }
  expect(named("proxy-certificate").secretInputs).toContain("caPrivateKeyPem");
  // Clients trust the CA: losing it would mean to visit all of them.
  expect(named("ca-key").protect).toBe(true);
});

test("a certificate that should have been renewed is warned of", async () => {
  const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
  const tls = { source: "private-ca", validityDays: 90, renewBeforeDays: 20 } as const;
  const inDays = async (days: number) => {
    const notAfter = new Date(Date.now() + days * 86_400_000);
    await build({ tls }, (await makeLeaf([HOST], await makeCa("CA"), { notAfter })).certificate);
    return warn.mock.calls.map(([message]) => message);
  };
  expect(await inDays(25)).toEqual([]);
  expect(await inDays(15)).toEqual([expect.stringContaining("--replace '**::proxy-certificate'")]);
  warn.mockRestore();
});
