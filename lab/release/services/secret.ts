import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { parseCookies } from "./cookie";

/** How Harbor's services prove to each other who they are. */
export interface SecretCarrier {
  /** The header that carries a secret. */
  put(secret: string): Record<string, string>;
  /** The secret in a request's headers. */
  get(headers: IncomingHttpHeaders): string | undefined;
}

const COOKIE = "secret";
const SCHEME = "Harbor-Secret ";

/** Up to Harbor 1.4. */
export const secretCookie: SecretCarrier = {
  put: (secret) => ({ Cookie: `${COOKIE}=${secret}` }),
  get: ({ cookie }) => parseCookies(cookie).get(COOKIE),
};

/** From Harbor 1.5 on. */
export const secretHeader: SecretCarrier = {
  put: (secret) => ({ Authorization: SCHEME + secret }),
  get: ({ authorization }) =>
    authorization?.startsWith(SCHEME) ? authorization.slice(SCHEME.length).trim() : undefined,
};

/** Compares two secrets in a time that does not tell how much of them is equal. */
export function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Whether a request carries one of the secrets; an empty secret lets nobody in. */
export function hasSecret(
  carrier: SecretCarrier,
  headers: IncomingHttpHeaders,
  secrets: readonly string[],
): boolean {
  const given = carrier.get(headers);
  if (!given) return false;
  return secrets.some((secret) => secret !== "" && sameSecret(given, secret));
}
