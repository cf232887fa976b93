import { randomBytes } from "node:crypto";
import type { CheckFailure } from "../protocol/provider";
import { UNKNOWN, type Properties } from "../protocol/values";
import { ALLOWED_USES } from "./extensions";

const HOUR_MS = 3_600_000;

export const CERTIFICATE_OUTPUTS = [
  "certPem",
  "readyForRenewal",
  "validityStartTime",
  "validityEndTime",
] as const;

export const certificateDefaults = (inputs: Properties): Properties => ({
  earlyRenewalHours: 0,
  isCaCertificate: false,
  setSubjectKeyId: false,
  ...inputs,
});

export function checkCertificate(inputs: Properties): CheckFailure[] {
  const uses = inputs["allowedUses"];
  const unknown = Array.isArray(uses)
    ? uses.filter((use) => use !== UNKNOWN && !ALLOWED_USES.includes(use as string))
    : [];
  const reason = `must be among ${ALLOWED_USES.join(", ")}`;
  return unknown.length > 0 ? [{ property: "allowedUses", reason }] : [];
}

/** RFC 3339 in whole seconds: a certificate holds no finer time. */
const timestamp = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z");

export interface Validity {
  serialNumber: string;
  notBefore: Date;
  notAfter: Date;
}

/** A validity from now on, with a serial number of its own. */
export function newValidity(inputs: Properties): Validity {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const notAfter = new Date(notBefore.getTime() + Number(inputs["validityPeriodHours"]) * HOUR_MS);
  const serial = randomBytes(16);
  // A serial number must be positive, and its first byte may not be zero.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  return { serialNumber: serial.toString("hex"), notBefore, notAfter };
}

export function certificateOutputs(certPem: string, validity: Validity) {
  return {
    id: BigInt(`0x${validity.serialNumber}`).toString(),
    outputs: {
      certPem: `${certPem.trim()}\n`,
      readyForRenewal: false,
      validityStartTime: timestamp(validity.notBefore),
      validityEndTime: timestamp(validity.notAfter),
    },
  };
}

/** A certificate whose early renewal is due is replaced: by the time of the look, not of a refresh. */
export function renewalDue(state: Properties, inputs: Properties): string | undefined {
  const end = Date.parse(state["validityEndTime"] as string);
  const early = Number(inputs["earlyRenewalHours"] ?? 0);
  return end - early * HOUR_MS <= Date.now() ? "readyForRenewal" : undefined;
}

/** All inputs but the one that says when to renew, which is no part of the certificate. */
export const REPLACING = new Set([
  ...["allowedUses", "dnsNames", "ipAddresses", "uris", "subject", "validityPeriodHours"],
  ...["isCaCertificate", "maxPathLength", "setSubjectKeyId", "setAuthorityKeyId"],
  ...["privateKeyPem", "privateKeyPemWo", "privateKeyPemWoVersion"],
  ...["caCertPem", "caPrivateKeyPem", "caPrivateKeyPemWo", "caPrivateKeyPemWoVersion"],
  ...["certRequestPem"],
]);
