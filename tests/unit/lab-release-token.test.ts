import { createPublicKey, generateKeyPairSync, verify, type KeyObject } from "node:crypto";
import { keyId } from "../../lab/release/services/ui/key-id";
import { parseScopes, permittedActions, projectOf } from "../../lab/release/services/ui/scope";
import { makeToken, parseTokenKey, tokenClaims } from "../../lab/release/services/ui/token";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = (type: "pkcs1" | "pkcs8"): string =>
  pair.privateKey.export({ type, format: "pem" }).toString();

const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8")) as Record<string, unknown>;

describe("key id", () => {
  // The public exponent and modulus of the example in RFC 7517, appendix A.1.
  const n =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
  const example: KeyObject = createPublicKey({ key: { kty: "RSA", n, e: "AQAB" }, format: "jwk" });

  // Worked out apart from this code: SHA-256 of the DER, 30 bytes of it in base 32.
  it("is what libtrust calls the same key", () => {
    expect(keyId(example)).toBe("VUZD:EDHW:YWLN:RBFQ:KOA3:UVZ2:XKG5:2V2J:WTPI:6SRD:U6PZ:VCO5");
  });

  it("is the same for a private key and its public half", () => {
    expect(keyId(pair.privateKey)).toBe(keyId(pair.publicKey));
    expect(keyId(pair.privateKey)).toMatch(/^([A-Z2-7]{4}:){11}[A-Z2-7]{4}$/);
  });
});

describe("token", () => {
  const request = {
    subject: "admin",
    service: "harbor-registry",
    expiration: 30,
    access: [{ type: "repository", name: "library/x", actions: ["pull"] }],
  };
  const now = new Date("2030-01-02T03:04:05.678Z");

  it("has the claims that a registry checks", () => {
    expect(tokenClaims(request, now, "id")).toEqual({
      iss: "harbor-token-issuer",
      sub: "admin",
      aud: "harbor-registry",
      exp: Math.floor(now.getTime() / 1000) + 30 * 60,
      nbf: Math.floor(now.getTime() / 1000),
      iat: Math.floor(now.getTime() / 1000),
      jti: "id",
      access: request.access,
    });
  });

  it("is signed by the key that its header names", () => {
    const { token, expires_in, issued_at } = makeToken(request, parseTokenKey(pem("pkcs1")), now);
    const [header, payload, signature] = token.split(".");
    expect(decode(header)).toEqual({ typ: "JWT", alg: "RS256", kid: keyId(pair.publicKey) });
    expect(decode(payload).exp).toBe(Number(decode(payload).iat) + 1800);
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature ?? "", "base64url");
    expect(verify("sha256", signed, pair.publicKey, bytes)).toBe(true);
    expect(expires_in).toBe(1800);
    expect(issued_at).toBe("2030-01-02T03:04:05Z");
  });

  it("has an id of its own", () => {
    const ids = [1, 2].map(
      () => decode(makeToken(request, pair.privateKey).token.split(".")[1]).jti,
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  it("takes a PKCS#1 key only", () => {
    expect(() => parseTokenKey(pem("pkcs8"))).toThrow("PEM type: PRIVATE KEY");
    expect(() => parseTokenKey("No key.")).toThrow("PEM type: none");
  });
});

describe("scopes", () => {
  it.each([
    [[], []],
    [[""], []],
    [
      ["repository:library/x:push,pull"],
      [{ type: "repository", name: "library/x", actions: ["push", "pull"] }],
    ],
    [
      ["repository:a/b:pull repository:c/d:push", "registry:catalog:*"],
      [
        { type: "repository", name: "a/b", actions: ["pull"] },
        { type: "repository", name: "c/d", actions: ["push"] },
        { type: "registry", name: "catalog", actions: ["*"] },
      ],
    ],
    [
      ["repository:host:5000/a/b:pull"],
      [{ type: "repository", name: "host:5000/a/b", actions: ["pull"] }],
    ],
    [["repository:a/b"], [{ type: "repository", name: "a/b", actions: [] }]],
    [["repository:a/b:"], [{ type: "repository", name: "a/b", actions: [] }]],
  ])("%j", (parameters, expected) => {
    expect(parseScopes(parameters)).toEqual(expected);
  });

  it("knows a repository's project", () => {
    expect(["library/x", "a/b/c", "x", "/x", "a/"].map(projectOf)).toEqual([
      "library",
      "a",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("turns a role's letters into actions", () => {
    expect(permittedActions("MDRWS")).toEqual(["push", "*", "delete", "pull"]);
    expect(permittedActions("RWS")).toEqual(["push", "pull"]);
    expect(permittedActions("RS")).toEqual(["pull"]);
    expect(permittedActions("")).toEqual([]);
  });
});
