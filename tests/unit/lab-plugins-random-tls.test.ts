import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { utils } from "ssh2";
import { Operations } from "../../lab/plugins/protocol/operations";
import type { ResourceLog } from "../../lab/plugins/protocol/provider";
import { isSecret, revealAll, type Properties } from "../../lab/plugins/protocol/values";
import { random } from "../../lab/plugins/random/plugin";
import { tls } from "../../lab/plugins/tls/plugin";

const silent: ResourceLog = { status() {}, warn() {}, error() {} };
const plugins = { random: new Operations(random), tls: new Operations(tls) };

const urnOf = (token: string) => `urn:pulumi:dev::lab::${token}::it`;

async function create(token: string, inputs: Properties) {
  const operations = plugins[token.split(":")[0] as keyof typeof plugins];
  const checked = operations.check(urnOf(token), inputs);
  expect(checked.failures).toEqual([]);
  const created = await operations.create(urnOf(token), checked.inputs, false, silent);
  return { ...created, outputs: created.outputs, plain: revealAll(created.outputs) };
}

const PASSWORD = "random:index/randomPassword:RandomPassword";
const KEY = "tls:index/privateKey:PrivateKey";
const SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert";

describe("random", () => {
  test("a password has the asked length, its minimums, and only allowed characters", async () => {
    const counts = fc.record({ minUpper: fc.nat(4), minLower: fc.nat(4), minNumeric: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(counts, fc.integer({ min: 12, max: 60 }), async (minimums, length) => {
        const { plain, outputs } = await create(PASSWORD, { length, special: false, ...minimums });
        const result = plain["result"] as string;
        expect(isSecret(outputs["result"])).toBe(true);
        expect(result).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
        expect(result.replace(/[^A-Z]/g, "").length).toBeGreaterThanOrEqual(minimums.minUpper);
        expect(result.replace(/[^a-z]/g, "").length).toBeGreaterThanOrEqual(minimums.minLower);
        expect(result.replace(/[^0-9]/g, "").length).toBeGreaterThanOrEqual(minimums.minNumeric);
      }),
    );
  });

  test("own special characters are used", async () => {
    const none = { upper: false, lower: false, numeric: false };
    const { plain } = await create(PASSWORD, { length: 9, overrideSpecial: "~", ...none });
    expect(plain["result"]).toBe("~~~~~~~~~");
  });

  test("impossible lengths are refused, changes replace, and defaults are no change", () => {
    const { random: operations } = plugins;
    const urn = urnOf(PASSWORD);
    expect(operations.check(urn, { length: 3, minUpper: 4 }).failures).toHaveLength(1);
    const old = operations.check(urn, { length: 8 }).inputs;
    const same = operations.check(urn, { length: 8, upper: true }).inputs;
    expect(operations.diff(urn, old, old, same).size).toBe(0);
    const longer = operations.check(urn, { length: 9 }).inputs;
    expect(operations.diff(urn, old, old, longer).get("length")?.replace).toBe(true);
  });

  test("an id is the same bytes in all its notations", async () => {
    const { id, plain } = await create("random:index/randomId:RandomId", {
      byteLength: 8,
      prefix: "p-",
    });
    const bytes = Buffer.from(id, "base64url");
    expect(bytes).toHaveLength(8);
    expect(plain["hex"]).toBe(`p-${bytes.toString("hex")}`);
    expect(plain["b64Std"]).toBe(`p-${bytes.toString("base64")}`);
    expect(plain["dec"]).toBe(`p-${bytes.readBigUInt64BE().toString()}`);
  });

  test("random bytes are secret", async () => {
    const { outputs, plain } = await create("random:index/randomBytes:RandomBytes", { length: 5 });
    expect(isSecret(outputs["hex"]) && isSecret(outputs["base64"])).toBe(true);
    expect(Buffer.from(plain["base64"] as string, "base64").toString("hex")).toBe(plain["hex"]);
  });
});

describe("tls", () => {
  test.each([
    ["RSA", {}, "RSA PRIVATE KEY", "ssh-rsa"],
    ["ECDSA", { ecdsaCurve: "P384" }, "EC PRIVATE KEY", "ecdsa-sha2-nistp384"],
    ["ED25519", {}, "PRIVATE KEY", "ssh-ed25519"],
  ])("a key of type %s in all its formats", async (algorithm, inputs, label, sshType) => {
    const { plain, outputs } = await create(KEY, { algorithm, ...inputs });
    const pem = plain["privateKeyPem"] as string;
    expect(pem.split("\n")[0]).toBe(`-----BEGIN ${label}-----`);
    expect(isSecret(outputs["privateKeyPem"])).toBe(true);
    const key = createPrivateKey(pem);
    const spki = createPublicKey(key).export({ format: "pem", type: "spki" });
    expect(plain["publicKeyPem"]).toBe(spki);
    const parsed = utils.parseKey(plain["privateKeyOpenssh"] as string);
    if (parsed instanceof Error) throw parsed;
    const line = `${sshType} ${parsed.getPublicSSH().toString("base64")}\n`;
    expect(plain["publicKeyOpenssh"]).toBe(line);
    const message = Buffer.from("signed");
    const publicKey = utils.parseKey(line);
    if (publicKey instanceof Error) throw publicKey;
    expect(publicKey.verify(message, parsed.sign(message))).toBe(true);
  });

  test.each([
    ["RSA", "RSA"],
    ["ECDSA", "P256"],
    ["ED25519", "any"],
  ])("an authority with a key of type %s signs a certificate", async (algorithm, curve) => {
    const inputs = { algorithm, ...(algorithm === "ECDSA" ? { ecdsaCurve: curve } : {}) };
    const caPrivateKeyPem = (await create(KEY, inputs)).plain["privateKeyPem"]!;
    const authority = await create(SELF_SIGNED, {
      privateKeyPem: caPrivateKeyPem,
      subject: { commonName: "lab", organization: "Example" },
      isCaCertificate: true,
      validityPeriodHours: 48,
      allowedUses: ["cert_signing"],
    });
    const key = await create(KEY, { algorithm: "ECDSA", ecdsaCurve: "P256" });
    const request = await create("tls:index/certRequest:CertRequest", {
      privateKeyPem: key.plain["privateKeyPem"]!,
      subject: { commonName: "hub" },
      dnsNames: ["hub.example.com"],
      ipAddresses: ["192.0.2.1", "2001:db8::1"],
    });
    const signed = await create("tls:index/locallySignedCert:LocallySignedCert", {
      certRequestPem: request.plain["certRequestPem"]!,
      caPrivateKeyPem,
      caCertPem: authority.plain["certPem"]!,
      validityPeriodHours: 24,
      allowedUses: ["server_auth", "digital_signature"],
    });
    const ca = new X509Certificate(authority.plain["certPem"] as string);
    const certificate = new X509Certificate(signed.plain["certPem"] as string);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.checkIssued(ca)).toBe(true);
    expect(
      certificate.checkPrivateKey(createPrivateKey(key.plain["privateKeyPem"] as string)),
    ).toBe(true);
    expect(certificate.checkHost("hub.example.com")).toBe("hub.example.com");
    expect(certificate.checkIP("192.0.2.1")).toBe("192.0.2.1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(signed.plain["caKeyAlgorithm"]).toBe(algorithm);
    expect(Date.parse(certificate.validTo)).toBe(
      Date.parse(signed.plain["validityEndTime"] as string),
    );
    expect(signed.id).toBe(BigInt(`0x${certificate.serialNumber}`).toString());
  });

  test("a certificate is replaced when its early renewal is due, and only then", async () => {
    const { plain: key } = await create(KEY, { algorithm: "ED25519" });
    const inputs = {
      privateKeyPem: key["privateKeyPem"]!,
      validityPeriodHours: 10,
      allowedUses: ["server_auth"],
    };
    const { outputs } = await create(SELF_SIGNED, inputs);
    const urn = urnOf(SELF_SIGNED);
    const { inputs: old } = plugins.tls.check(urn, inputs);
    const early = (hours: number) =>
      plugins.tls.diff(
        urn,
        old,
        outputs,
        plugins.tls.check(urn, { ...inputs, earlyRenewalHours: hours }).inputs,
      );
    expect(early(0).size).toBe(0);
    expect([...early(5).values()]).toEqual([{ kind: "update", replace: false }]);
    expect(early(11).get("readyForRenewal")?.replace).toBe(true);
  });

  test("a key that cannot be read is an error that does not repeat it", async () => {
    const broken = create(SELF_SIGNED, {
      privateKeyPem: "-----BEGIN PRIVATE KEY-----\nhidden",
      validityPeriodHours: 1,
      allowedUses: [],
    });
    await expect(broken).rejects.toThrow(/^((?!hidden).)*$/s);
  });
});
