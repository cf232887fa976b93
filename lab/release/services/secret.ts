import { createHash, timingSafeEqual } from "node:crypto";
import { parseCookies, SERVICE_COOKIE } from "./cookie";

/** Compares two secrets in a time that does not tell how much of them is equal. */
export function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

/** Whether a request's service cookie is one of the secrets; an empty secret lets nobody in. */
export function hasServiceSecret(cookieHeader: string | undefined, secrets: string[]): boolean {
  const given = parseCookies(cookieHeader).get(SERVICE_COOKIE);
  if (!given) return false;
  return secrets.some((secret) => secret !== "" && sameSecret(given, secret));
}
