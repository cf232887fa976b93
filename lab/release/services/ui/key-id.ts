import { createHash, createPublicKey, type KeyObject } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HASHED_BYTES = 30;
const GROUP = 4;

function base32(bytes: Buffer): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
      value &= (1 << bits) - 1;
    }
  }
  return text;
}

/**
 * The name under which a registry knows the key of a certificate in its bundle: the first 240 bits
 * of the SHA-256 of the public key, in base 32, in twelve groups of four.
 */
export function keyId(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  const der = publicKey.export({ type: "spki", format: "der" });
  const digest = createHash("sha256").update(der).digest().subarray(0, HASHED_BYTES);
  return (
    base32(digest)
      .match(new RegExp(`.{${GROUP}}`, "g"))
      ?.join(":") ?? ""
  );
}
