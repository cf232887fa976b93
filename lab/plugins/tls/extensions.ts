import { isIP } from "node:net";
import type * as X509 from "@peculiar/x509";
import type { Properties } from "../protocol/values";

export type Library = typeof X509;

/**
 * `@peculiar/x509` finds its own parts by a container for dependency injection, which refuses to load
 * without metadata on `Reflect`. It stores and reads its own entries only; this is all it needs.
 */
function provideMetadata(): void {
  if ("getMetadata" in Reflect) return;
  const entries = new WeakMap<object, Map<unknown, unknown>>();
  const getOwnMetadata = (key: unknown, target: object) => entries.get(target)?.get(key);
  Object.assign(Reflect, {
    getOwnMetadata,
    getMetadata(key: unknown, target: object): unknown {
      for (let at: object | null = target; at; at = Object.getPrototypeOf(at) as object | null) {
        if (entries.get(at)?.has(key)) return getOwnMetadata(key, at);
      }
      return undefined;
    },
    defineMetadata(key: unknown, value: unknown, target: object): void {
      entries.set(target, (entries.get(target) ?? new Map<unknown, unknown>()).set(key, value));
    },
  });
}

/** The library, loaded when a certificate is made: it is the largest part of the plugin. */
export async function loadX509(): Promise<Library> {
  provideMetadata();
  return import("@peculiar/x509");
}

/** By bit, as RFC 5280 numbers them. */
const KEY_USAGES: Record<string, number> = {
  digital_signature: 1,
  content_commitment: 2,
  key_encipherment: 4,
  data_encipherment: 8,
  key_agreement: 16,
  cert_signing: 32,
  crl_signing: 64,
  encipher_only: 128,
  decipher_only: 256,
};

const EXTENDED_KEY_USAGES: Record<string, string> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
};

export const ALLOWED_USES = [...Object.keys(KEY_USAGES), ...Object.keys(EXTENDED_KEY_USAGES)];

/** The subject's parts in the order in which the official plugin writes them. */
const SUBJECT_TYPES: readonly [property: string, type: string][] = [
  ["country", "C"],
  ["organization", "O"],
  ["organizationalUnit", "OU"],
  ["locality", "L"],
  ["province", "ST"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "CN"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "E"],
];

const strings = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);

export function subjectName(inputs: Properties): Record<string, string[]>[] {
  const subject = (inputs["subject"] ?? {}) as Properties;
  return SUBJECT_TYPES.flatMap(([property, type]) =>
    strings(subject[property]).map((value) => ({ [type]: [value] })),
  );
}

/** The names a certificate is for, or nothing where there are none. */
export function alternativeNames(library: Library, inputs: Properties): X509.Extension[] {
  const names: { type: "dns" | "ip" | "url"; value: string }[] = [
    ...strings(inputs["dnsNames"]).map((value) => ({ type: "dns" as const, value })),
    ...strings(inputs["ipAddresses"]).map((value) => ({ type: "ip" as const, value })),
    ...strings(inputs["uris"]).map((value) => ({ type: "url" as const, value })),
  ];
  const wrong = strings(inputs["ipAddresses"]).find((address) => isIP(address) === 0);
  if (wrong !== undefined) throw new Error(`failed to parse IP address ${JSON.stringify(wrong)}`);
  return names.length > 0 ? [new library.SubjectAlternativeNameExtension(names)] : [];
}

/** What a certificate may be used for. */
export function usages(library: Library, inputs: Properties): X509.Extension[] {
  const allowed = strings(inputs["allowedUses"]);
  const bits = allowed.reduce((sum, use) => sum | (KEY_USAGES[use] ?? 0), 0);
  const extended = allowed.flatMap((use) => EXTENDED_KEY_USAGES[use] ?? []);
  const isCa = inputs["isCaCertificate"] === true;
  const pathLength = inputs["maxPathLength"];
  const limit = isCa && typeof pathLength === "number" && pathLength > 0 ? pathLength : undefined;
  return [
    ...(bits ? [new library.KeyUsagesExtension(bits, true)] : []),
    ...(extended.length > 0 ? [new library.ExtendedKeyUsageExtension(extended)] : []),
    new library.BasicConstraintsExtension(isCa, limit, true),
  ];
}
