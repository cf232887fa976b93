import { X509Certificate } from "node:crypto";
import { type Report, readCertificates } from "./pem";
import type { Settings } from "./schema";

/* When certificates are valid. The time is always given, so that the same input has one answer. */

const DAY_MS = 86_400_000;
/** From then on a certificate that somebody has to renew is warned of. */
const WARN_DAYS = 30;

const iso = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

/** How a certificate is called in a message, by its place in the text and its subject. */
export function nameOf(certificate: X509Certificate, index: number): string {
  return `certificate ${index + 1} (${certificate.subject.replaceAll("\n", ", ")})`;
}

/** Says each certificate that has expired or is not valid yet. */
export function checkValidity(
  certificates: readonly X509Certificate[],
  now: Date,
  report: Report,
): void {
  certificates.forEach((certificate, i) => {
    const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
    const name = nameOf(certificate, i);
    if (to < now) report(`has expired: ${name} was valid until ${iso(to)}; renew it`);
    if (from > now) {
      report(`is not valid yet: ${name} is valid from ${iso(from)}; here it is ${iso(now)}`);
    }
  });
}

/** What to warn of: certificates of the settings that expire in less than 30 days. */
export function expiryWarnings(
  { tls, tokenKeypair }: Pick<Settings, "tls" | "tokenKeypair">,
  now: Date,
): string[] {
  const provided = tls.source === "provided" ? tls : undefined;
  const given: Readonly<Record<string, string | undefined>> = {
    "tls.certificate": provided?.certificate,
    "tls.ca": provided?.ca,
    "tokenKeypair.certificate": tokenKeypair?.certificate,
  };
  return Object.entries(given).flatMap(([setting, pem]) => {
    const soon = pem === undefined ? [] : expiringSoon(pem, now);
    if (soon.length === 0) return [];
    return [`harbor-ha:${setting}: ${soon.join("; ")}. Renew it and deploy again.`];
  });
}

function expiringSoon(pem: string, now: Date): string[] {
  return readCertificates(pem, () => undefined).flatMap((certificate, i) => {
    const end = new Date(certificate.validTo);
    const days = Math.floor((end.getTime() - now.getTime()) / DAY_MS);
    return days < WARN_DAYS
      ? [`${nameOf(certificate, i)} expires on ${iso(end)}, in ${days} days`]
      : [];
  });
}
