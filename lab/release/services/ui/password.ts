import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(pbkdf2);

export const newSalt = (): string => randomBytes(16).toString("hex");

/** What is stored of a password: 128 bits of PBKDF2 (SHA-1, 4096 rounds), in hexadecimal. */
export async function hashPassword(password: string, salt: string): Promise<string> {
  return (await derive(password, salt, 4_096, 16, "sha1")).toString("hex");
}
