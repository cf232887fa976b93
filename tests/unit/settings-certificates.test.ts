import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { tlsProblems } from "../../settings/certificates";
import { tokenKeypairProblems } from "../../settings/token-keypair";
import { expiryWarnings } from "../../settings/validity";
import {
  type Certified,
  ecKey,
  keyPem,
  makeCa,
  makeCertificate,
  makeLeaf,
  NOW,
  rsaKey,
} from "./fixtures/certificates";

const HOST = "hub.example.com";
const day = (offset: number) => new Date(NOW.getTime() + offset * 86_400_000);
const rsa = rsaKey();

let root: Certified;
let intermediate: Certified;
let leaf: Certified;
beforeAll(async () => {
  root = await makeCa("Root");
  intermediate = await makeCa("Intermediate", { issuer: root });
  leaf = await makeLeaf([HOST, "*.example.net"], intermediate);
});

const chain = (...parts: Certified[]) => parts.map(({ certificate }) => certificate).join("");

/** The problems of a certificate with its key, as `setting: message`. */
function found(
  tls: { certificate?: string; key?: string; ca?: string },
  hostname: string | undefined = HOST,
): string[] {
  return tlsProblems(tls, hostname, NOW).map(({ setting, message }) => `${setting}: ${message}`);
}

const provided = (certified: Certified, ...above: Certified[]) => ({
  certificate: chain(certified, ...above),
  key: keyPem(certified.key),
});

describe("a provided certificate is accepted", () => {
  test("with its intermediate and with any CA above it that clients trust", () => {
    const given = provided(leaf, intermediate);
    expect(found(given)).toEqual([]);
    expect(found({ ...given, ca: root.certificate })).toEqual([]);
    expect(found({ ...given, ca: chain(intermediate, root) })).toEqual([]);
    expect(found({ ...provided(leaf, intermediate, root), ca: root.certificate })).toEqual([]);
  });

  test("by a wildcard in its names", () => {
    expect(found(provided(leaf, intermediate), "hub.example.net")).toEqual([]);
  });

  test("alone, whoever issued it", () => expect(found(provided(leaf))).toEqual([]));

  test.each([true, false])("signed by itself and trusted as such, a CA: %s", async (ca) => {
    const own = await makeCertificate({ names: [HOST], ca });
    expect(found({ ...provided(own), ca: own.certificate })).toEqual([]);
  });

  test("with Windows line ends, and text before the blocks", () => {
    const { certificate, key } = provided(leaf, intermediate);
    const windows = (text: string) => `Bag Attributes\r\n${text.replaceAll("\n", "\r\n")}`;
    expect(found({ certificate: windows(certificate), key: windows(key) })).toEqual([]);
  });

  test("with a key in any form", async () => {
    const ofRsa = await makeLeaf([HOST], intermediate, { key: rsa });
    const parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect(found({ certificate: ofRsa.certificate, key: keyPem(rsa, "pkcs1") })).toEqual([]);
    expect(found({ certificate: ofRsa.certificate, key: keyPem(rsa, "pkcs8") })).toEqual([]);
    const { certificate, key } = leaf;
    expect(found({ certificate, key: parameters + keyPem(key, "sec1") })).toEqual([]);
  });

  test.each([
    ["any use", "2.5.29.37.0"],
    ["servers", "1.3.6.1.5.5.7.3.1"],
  ])("for %s", async (_, use) => {
    expect(found(provided(await makeLeaf([HOST], intermediate, { uses: [use] })))).toEqual([]);
  });
});

describe("of a provided certificate is refused", () => {
  test("one that has expired, with the date", async () => {
    const old = await makeLeaf([HOST], intermediate, { notAfter: day(-1) });
    expect(found(provided(old))).toEqual([
      `tls.certificate: has expired: certificate 1 (CN=${HOST}) was valid until 2030-06-14T12:00:00Z; renew it`,
    ]);
  });

  test("one that is not valid yet, with the date", async () => {
    const early = await makeLeaf([HOST], intermediate, { notBefore: day(1) });
    expect(found(provided(early))).toEqual([
      `tls.certificate: is not valid yet: certificate 1 (CN=${HOST}) is valid from 2030-06-16T12:00:00Z; here it is 2030-06-15T12:00:00Z`,
    ]);
  });

  test("an intermediate one that has expired", async () => {
    const old = await makeCa("Old", { issuer: root, notAfter: day(-1) });
    const given = provided(await makeLeaf([HOST], old), old);
    expect(found(given)).toEqual([
      expect.stringContaining("tls.certificate: has expired: certificate 2 (CN=Old)"),
    ]);
  });

  test.each([
    ["of other names", ["other.example.com"], `"${HOST}", but for DNS:other.example.com;`],
    ["with the name as Common Name alone", [], `"${HOST}", but for no name;`],
    ["with a wildcard of a part of a label", ["hu*.example.com"], `but for DNS:hu*.example.com;`],
    ["with a wildcard a label too high", ["*.com"], "but for DNS:*.com;"],
  ])("one %s", async (_, names, message) => {
    const other = await makeCertificate({ subject: HOST, names, issuer: intermediate });
    expect(found(provided(other))).toEqual([
      expect.stringMatching(/^tls\.certificate: is not for .*Subject Alternative Name/),
    ]);
    expect(found(provided(other))[0]).toContain(message);
  });

  test.each([
    ["the end is cut off", (one: string, two: string) => one + two.slice(0, -30)],
    ["a hyphen is lost", (one: string, two: string) => `${one}${two.trimEnd().slice(0, -1)}\n`],
    ["no line end is between two", (one: string, two: string) => one.trimEnd() + two],
  ])("a chain of which %s, at which the proxy would not start", (_, joined) => {
    const certificate = joined(leaf.certificate, intermediate.certificate);
    expect(found({ ...provided(leaf), certificate })).toEqual([
      expect.stringMatching(
        /^tls\.certificate: has a certificate that cannot be read; must be PEM/,
      ),
    ]);
  });

  test("nothing about its names where the hostname is none", async () => {
    const other = await makeLeaf(["other.example.com"], intermediate);
    expect(tlsProblems(provided(other), undefined, NOW)).toEqual([]);
  });

  test("one that is for clients", async () => {
    const client = await makeLeaf([HOST], intermediate, { uses: ["1.3.6.1.5.5.7.3.2"] });
    expect(found(provided(client))).toEqual([
      expect.stringContaining("tls.certificate: is not for servers"),
    ]);
  });

  test.each<[string, () => string, RegExp]>([
    ["text", () => "no certificate", /^tls\.certificate: must be in PEM/],
    ["a block that is none", () => pem("CERTIFICATE", "AAAA"), /that cannot be read/],
    ["a block without its line ends", () => leaf.certificate.replaceAll("\n", ""), /read/],
    ["a public key", () => publicPem(), /^tls\.certificate: must be in PEM/],
  ])("%s in its place", (_, certificate, message) => {
    const problems = found({ certificate: certificate(), key: keyPem(leaf.key) });
    expect(problems).toEqual([expect.stringMatching(message)]);
  });

  test("one with its key in the same text, which is no secret", () => {
    const { certificate, key } = provided(leaf, intermediate);
    const problems = found({ certificate: certificate + key, key });
    expect(problems).toEqual([
      "tls.certificate: holds a private key too; that belongs into the key's setting",
    ]);
  });

  test("a chain in the wrong order, and no consequences of it", () => {
    const problems = found({ ...provided(intermediate, leaf), key: keyPem(leaf.key) });
    expect(problems).toEqual([
      expect.stringContaining("tls.certificate: begins with a CA's: certificate 1"),
    ]);
  });

  test("a chain with a gap, or with a CA of the same name but another key", async () => {
    const namesake = await makeCa("Intermediate", { issuer: root });
    const ofRsa = await makeCa("Intermediate", { issuer: root, key: rsa });
    for (const issuer of [root, namesake, ofRsa]) {
      expect(found(provided(leaf, issuer))).toEqual([
        expect.stringMatching(/^tls\.certificate: is no chain: certificate 1 .* certificate 2/),
      ]);
    }
  });

  test("a chain over one that is not a CA's", async () => {
    const none = await makeCertificate({ subject: "None", issuer: root });
    const given = provided(await makeLeaf([HOST], none), none);
    expect(found(given)).toEqual([
      "tls.certificate: is no chain: certificate 2 (CN=None) is not a CA's",
    ]);
  });
});

describe("of its key is refused", () => {
  test.each([
    ["another EC key", () => ecKey()],
    ["an RSA key", () => rsa],
  ])("%s", (_, key) => {
    expect(found({ certificate: leaf.certificate, key: keyPem(key()) })).toEqual([
      "tls.key: does not belong to the first certificate of tls.certificate",
    ]);
  });

  test.each([
    ["PKCS#8", () => keyPem(leaf.key, "pkcs8", "passphrase")],
    ["PKCS#1", () => keyPem(rsa, "pkcs1", "passphrase")],
  ])("an encrypted one in %s, with the command that decrypts it", (_, key) => {
    expect(found({ certificate: leaf.certificate, key: key() })).toEqual([
      expect.stringMatching(/^tls\.key: is encrypted.*`openssl pkey -traditional -in /),
    ]);
  });

  test("a key of a kind that the release's proxy cannot read", async () => {
    const key = generateKeyPairSync("ed25519").privateKey;
    const made = await makeLeaf([HOST], intermediate, { key });
    expect(found(provided(made))).toEqual([
      "tls.key: must be RSA or EC, as the release's proxy reads no other; it is ed25519",
    ]);
  });

  test.each<[string, () => string, RegExp]>([
    ["text", () => "no key", /^tls\.key: must be one private key in PEM/],
    ["the certificate", () => leaf.certificate, /^tls\.key: must be one private key in PEM/],
    ["two keys", () => keyPem(leaf.key) + keyPem(root.key), /^tls\.key: must be one/],
    ["a block that is none", () => pem("PRIVATE KEY", "SECRET+"), /^tls\.key: cannot be read/],
  ])("%s in its place, without a word of it", (_, key, message) => {
    const problems = found({ certificate: leaf.certificate, key: key() });
    expect(problems).toEqual([expect.stringMatching(message)]);
    expect(problems[0]).not.toContain("SECRET");
  });

  test("one that cannot be read, also without a certificate", () => {
    expect(found({ key: "no key" })).toHaveLength(1);
  });
});

describe("of the CA is refused", () => {
  test("one that did not issue the chain", async () => {
    const ca = (await makeCa("Other")).certificate;
    const message = "tls.ca: did not issue the last certificate of tls.certificate";
    expect(found({ ...provided(leaf, intermediate), ca })).toEqual([
      expect.stringContaining(`${message}, which is of CN=Root;`),
    ]);
    expect(found({ ...provided(leaf), ca: root.certificate })).toEqual([
      expect.stringContaining(`${message}, which is of CN=Intermediate;`),
    ]);
  });

  test("one that has expired", async () => {
    const old = await makeCa("Old", { notAfter: day(-1) });
    const given = provided(await makeLeaf([HOST], old));
    expect(found({ ...given, ca: old.certificate })).toEqual([
      expect.stringContaining("tls.ca: has expired: certificate 1 (CN=Old)"),
    ]);
  });

  test("one that is none", async () => {
    const none = await makeCertificate({ subject: "None" });
    const given = provided(await makeLeaf([HOST], none));
    expect(found({ ...given, ca: none.certificate })).toEqual([
      "tls.ca: must be a CA's: certificate 1 (CN=None) is not",
    ]);
  });

  test("text", () => {
    const problems = found({ ...provided(leaf, intermediate), ca: "no certificate" });
    expect(problems).toEqual(["tls.ca: must be in PEM, with `BEGIN CERTIFICATE`"]);
  });
});

describe("a token keypair", () => {
  let pair: { privateKey: string; certificate: string };
  beforeAll(async () => {
    const { certificate } = await makeCertificate({ key: rsa, ca: true });
    pair = { privateKey: keyPem(rsa, "pkcs1"), certificate };
  });

  function wrong(change: Partial<typeof pair>): string[] {
    const problems = tokenKeypairProblems({ ...pair, ...change }, NOW);
    return problems.map(({ setting, message }) => `${setting}: ${message}`);
  }

  test("in PKCS#1 with its certificate is accepted", () => expect(wrong({})).toEqual([]));

  test("in PKCS#8 is refused, with what it is and how to convert it", () => {
    expect(wrong({ privateKey: keyPem(rsa, "pkcs8") })).toEqual([
      expect.stringMatching(
        /^tokenKeypair\.privateKey: is in PKCS#8 .*`openssl rsa -traditional -in \S+ -out \S+`$/,
      ),
    ]);
  });

  test.each(["pkcs1", "pkcs8"] as const)("encrypted (%s) is refused", (form) => {
    const privateKey = keyPem(rsa, form, "passphrase");
    expect(wrong({ privateKey })).toEqual([
      expect.stringMatching(/^tokenKeypair\.privateKey: is encrypted/),
    ]);
  });

  test("of another algorithm is refused", async () => {
    const { key, certificate } = await makeCertificate();
    expect(wrong({ privateKey: keyPem(key), certificate })).toEqual([
      "tokenKeypair.privateKey: must be an RSA key, `BEGIN RSA PRIVATE KEY`; it is ec",
    ]);
  });

  test("with too few bits is refused", async () => {
    const { key, certificate } = await makeCertificate({ key: rsaKey(1024) });
    expect(wrong({ privateKey: keyPem(key, "pkcs1"), certificate })).toEqual([
      "tokenKeypair.privateKey: must have at least 2048 bits; it has 1024",
    ]);
  });

  test("that is none is refused", async () => {
    const { certificate } = await makeCertificate();
    expect(wrong({ certificate })).toEqual([
      "tokenKeypair.privateKey: does not belong to tokenKeypair.certificate",
    ]);
  });

  test("whose certificate has expired is refused", async () => {
    const { certificate } = await makeCertificate({ key: rsa, notAfter: day(-1) });
    expect(wrong({ certificate })).toEqual([
      expect.stringMatching(/^tokenKeypair\.certificate: has expired/),
    ]);
  });

  test("of which a part cannot be read is refused", () => {
    expect(wrong({ privateKey: "no key", certificate: "none" })).toEqual([
      expect.stringMatching(/^tokenKeypair\.privateKey: must be one private key/),
      expect.stringMatching(/^tokenKeypair\.certificate: must be in PEM/),
    ]);
  });

  test("that is left out is no problem", () => {
    expect(tokenKeypairProblems({}, NOW)).toEqual([]);
  });
});

test("warns of every certificate that expires within 30 days, and of no other", async () => {
  const short = await makeLeaf([HOST], intermediate, { notAfter: day(20.5) });
  const month = await makeLeaf([HOST], intermediate, { notAfter: day(30) });
  const warnings = (certificate: string, now: Date) =>
    expiryWarnings({ tls: { source: "provided", certificate, key: "" } }, now);
  expect(warnings(chain(short, intermediate), NOW)).toEqual([
    `harbor-ha:tls.certificate: certificate 1 (CN=${HOST}) expires on 2030-07-06T00:00:00Z, in 20 days. Renew it and deploy again.`,
  ]);
  expect(warnings(chain(month, intermediate), NOW)).toEqual([]);
  expect(warnings(chain(month, intermediate), day(1))).toEqual([
    expect.stringContaining("in 29 days"),
  ]);
});

function pem(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

function publicPem(): string {
  return createPublicKey(leaf.key).export({ format: "pem", type: "spki" }) as string;
}
