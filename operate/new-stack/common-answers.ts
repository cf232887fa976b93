import { SECRET_SETTINGS } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { isAt, partsOf } from "./given-paths";
import { fieldsOf } from "./meaning";

/* What a new environment takes from another one: what they may have in common, and nothing encrypted. */

/** What environments may have in common. */
const COMMON = [
  ...["port", "tls", "release", "images", "proxy", "ssh", "cephfs", "database", "redis", "dns"],
  ...["rollout", "maxJobWorkers", "harborConfig", "installPackages", "healthTimeout"],
] as const;

/** Of these, what is one stack's alone, or made for its name. */
const OWN = [
  ...["cephfs.path", "database.name", "redis.database"],
  ...["tls.certificate", "tls.key", "tls.ca"],
];

export interface CommonAnswers {
  readonly given: Given;
  /** Settings that the other stack has encrypted, and that are not asked for in any case. */
  readonly encrypted: readonly string[];
}

const isEncrypted = (value: unknown) =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).length === 1 &&
  "secure" in value &&
  typeof value.secure === "string";

/**
 * Whether the schema or a question asks for it: for the secrets that every stack has, and for the fields of
 * a structure within another one, which cannot be set as one text.
 */
function isAsked(setting: string): boolean {
  const path = partsOf(setting);
  const isInner = path.length > 1 && fieldsOf(path).length > 0;
  return isInner || SECRET_SETTINGS.some((secret) => secret === setting);
}

/** A value without what is left out of it; undefined where nothing is left. */
function kept(value: unknown, setting: string, encrypted: string[]): unknown {
  if (OWN.some((own) => isAt(setting, own))) return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (isEncrypted(value)) {
    if (!isAsked(setting)) encrypted.push(setting);
    return undefined;
  }
  if (Array.isArray(value)) {
    // A list has no gaps: with one item encrypted, all are to be set.
    if (value.some(isEncrypted)) {
      encrypted.push(...value.map((_, i) => `${setting}[${i}]`));
      return undefined;
    }
    return value.map((item, i) => kept(item, `${setting}[${i}]`, encrypted));
  }
  const entries = Object.entries(value)
    .map(([key, own]) => [key, kept(own, `${setting}.${key}`, encrypted)] as const)
    .filter(([, own]) => own !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The answers that are proposed for a new stack by another one. */
export function commonAnswers({ given }: OtherStack): CommonAnswers {
  const encrypted: string[] = [];
  const entries = COMMON.map((key) => [key, kept(given[key], key, encrypted)] as const);
  return {
    given: Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    encrypted,
  };
}
