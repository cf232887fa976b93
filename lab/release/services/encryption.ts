import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const HEADER = "<enc-v1>";
const CIPHER = "aes-128-cfb";
const BLOCK = 16;

/**
 * Reads the secretkey.
 * @throws Error when it has not exactly 16 characters, which is the length of an AES-128 key.
 */
export function readSecretKey(file: string): Buffer {
  const key = readFileSync(file);
  if (key.length !== BLOCK) {
    throw new Error(`${file}: a secretkey has exactly ${BLOCK} characters, this has ${key.length}`);
  }
  return key;
}

export function encrypt(plain: string, key: Buffer): string {
  const vector = randomBytes(BLOCK);
  const cipher = createCipheriv(CIPHER, key, vector);
  const text = Buffer.concat([vector, cipher.update(plain, "utf8"), cipher.final()]);
  return HEADER + text.toString("base64");
}

/**
 * Decrypts what `encrypt` made. Nothing in the text proves the key: another key gives another,
 * useless text and no error, which is how two nodes with different secretkeys come to fail.
 * @throws Error when it is not such a text.
 */
export function decrypt(encrypted: string, key: Buffer): string {
  const text = Buffer.from(encrypted.slice(HEADER.length), "base64");
  if (!encrypted.startsWith(HEADER) || text.length < BLOCK) throw new Error("not encrypted");
  const decipher = createDecipheriv(CIPHER, key, text.subarray(0, BLOCK));
  return Buffer.concat([decipher.update(text.subarray(BLOCK)), decipher.final()]).toString("utf8");
}
