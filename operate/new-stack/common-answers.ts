import { SECRET_SETTINGS } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { isAt } from "./given-paths";

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

const isEncrypted = (value: object) =>
  Object.keys(value).length === 1 && "secure" in value && typeof value.secure === "string";

/** A value without what is left out of it; undefined where nothing is left. */
function kept(value: unknown, setting: string, encrypted: string[]): unknown {
  if (OWN.some((own) => isAt(setting, own))) return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (isEncrypted(value)) {
    // Those that every stack has are asked for by the schema itself.
    if (!SECRET_SETTINGS.some((secret) => secret === setting)) encrypted.push(setting);
    return undefined;
  }
  if (Array.isArray(value)) {
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
