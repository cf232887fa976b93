/** Keys in OpenSSH's own formats, which node:crypto neither reads nor writes. */
import { createHash, randomBytes, type KeyObject } from "node:crypto";

const CURVES: Record<string, string> = {
  "P-256": "nistp256",
  "P-384": "nistp384",
  "P-521": "nistp521",
};

const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64url");

function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive integer: a leading zero byte where the first bit would read as a sign. */
function integer(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const trimmed = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
  const signed = (trimmed[0] ?? 0) >= 0x80;
  return field(signed ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
}

interface Encoded {
  type: string;
  publicKey: Buffer;
  privateFields: Buffer;
}

function encode(key: KeyObject): Encoded | undefined {
  // OpenSSH has no name for the P-224 curve, nor has JWK.
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  const jwk = key.export({ format: "jwk" });
  if (jwk.kty === "RSA") {
    const [n, e] = [integer(decode(jwk.n)), integer(decode(jwk.e))];
    const [d, p, q, qi] = [jwk.d, jwk.p, jwk.q, jwk.qi].map((part) => integer(decode(part)));
    return {
      type: "ssh-rsa",
      publicKey: Buffer.concat([field("ssh-rsa"), e, n]),
      privateFields: Buffer.concat([n, e, d!, qi!, p!, q!]),
    };
  }
  if (jwk.kty === "OKP" && jwk.crv === "Ed25519") {
    const point = decode(jwk.x);
    return {
      type: "ssh-ed25519",
      publicKey: Buffer.concat([field("ssh-ed25519"), field(point)]),
      privateFields: Buffer.concat([field(point), field(Buffer.concat([decode(jwk.d), point]))]),
    };
  }
  const curve = CURVES[jwk.crv ?? ""];
  if (jwk.kty !== "EC" || !curve) return undefined;
  const type = `ecdsa-sha2-${curve}`;
  const point = Buffer.concat([Buffer.from([4]), decode(jwk.x), decode(jwk.y)]);
  return {
    type,
    publicKey: Buffer.concat([field(type), field(curve), field(point)]),
    privateFields: Buffer.concat([field(curve), field(point), integer(decode(jwk.d))]),
  };
}

/** The key as in an `authorized_keys` line, or undefined for a kind OpenSSH does not know. */
export function publicKeyBlob(key: KeyObject): { type: string; blob: Buffer } | undefined {
  const encoded = encode(key);
  return encoded && { type: encoded.type, blob: encoded.publicKey };
}

/** The public key's fingerprint as OpenSSH prints it, `SHA256:…`, or undefined as above. */
export function publicKeyFingerprint(key: KeyObject): string | undefined {
  const { blob } = publicKeyBlob(key) ?? {};
  const sum = blob && createHash("sha256").update(blob).digest("base64");
  return sum && `SHA256:${sum.replace(/=+$/, "")}`;
}

/** The private key as PEM `OPENSSH PRIVATE KEY`, unencrypted, or undefined as above. */
export function openSshPrivateKey(key: KeyObject): string | undefined {
  const encoded = encode(key);
  if (!encoded) return undefined;
  const check = randomBytes(4);
  const section = Buffer.concat([
    check,
    check,
    field(encoded.type),
    encoded.privateFields,
    field(""),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (8 - (section.length % 8)) % 8 }, (_, i) => i + 1),
  );
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    one,
    field(encoded.publicKey),
    field(Buffer.concat([section, padding])),
  ]);
  const lines = file.toString("base64").match(/.{1,64}/g) ?? [];
  const label = "OPENSSH PRIVATE KEY";
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
