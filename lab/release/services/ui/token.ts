import { createPrivateKey, randomBytes, sign, type KeyObject } from "node:crypto";
import { keyId } from "./key-id";
import type { Access } from "./scope";

export interface TokenRequest {
  /** The user's name; empty for somebody who did not log in. */
  readonly subject: string;
  readonly service: string;
  /** Minutes. */
  readonly expiration: number;
  readonly access: readonly Access[];
}

export interface Token {
  readonly token: string;
  /** Seconds. */
  readonly expires_in: number;
  /** RFC 3339, in whole seconds. */
  readonly issued_at: string;
}

/**
 * Reads the token key.
 * @throws Error when it is not PKCS#1: Harbor 1.x cannot read the PKCS#8 that OpenSSL 3 writes.
 */
export function parseTokenKey(pem: string): KeyObject {
  const kind = /-----BEGIN ([A-Z ]+)-----/.exec(pem)?.[1];
  if (kind !== "RSA PRIVATE KEY") {
    throw new Error(`unable to get a private key from PEM type: ${kind ?? "none"}`);
  }
  return createPrivateKey({ key: pem, format: "pem", type: "pkcs1" });
}

/** The claims of a token, in the order in which a registry's own library writes them. */
export function tokenClaims(request: TokenRequest, now: Date, id: string): object {
  const issued = Math.floor(now.getTime() / 1000);
  return {
    iss: "harbor-token-issuer",
    sub: request.subject,
    aud: request.service,
    exp: issued + request.expiration * 60,
    nbf: issued,
    iat: issued,
    jti: id,
    access: request.access,
  };
}

/** Makes a signed token. */
export function makeToken(request: TokenRequest, key: KeyObject, now = new Date()): Token {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = encode({ typ: "JWT", alg: "RS256", kid: keyId(key) });
  const payload = encode(tokenClaims(request, now, randomBytes(12).toString("base64url")));
  const signature = sign("sha256", Buffer.from(`${header}.${payload}`), key);
  return {
    token: `${header}.${payload}.${signature.toString("base64url")}`,
    expires_in: request.expiration * 60,
    issued_at: now.toISOString().replace(/\.\d+Z$/, "Z"),
  };
}
