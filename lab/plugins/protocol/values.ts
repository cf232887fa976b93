/**
 * How the engine spells what JSON cannot: secrets, unknown values, assets and archives.
 *
 * The signatures are part of Pulumi's provider protocol. A plugin that accepts secrets receives them
 * as marked objects, at any depth, and what it derives from them it must mark again.
 */

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

/** The text which stands for a value that is not known before an update. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

type Marked = { [key: string]: Value };

function isObject(value: Value | undefined): value is Marked {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasSignature(value: Value | undefined, signature: string): value is Marked {
  return isObject(value) && value[SIGNATURE_KEY] === signature;
}

export function isSecret(value: Value | undefined): boolean {
  return hasSignature(value, SECRET);
}

export function isAsset(value: Value | undefined): value is Marked {
  return hasSignature(value, ASSET);
}

export function isArchive(value: Value | undefined): value is Marked {
  return hasSignature(value, ARCHIVE);
}

/** Marks a value as secret; a value that already is one, or an absent one, is returned as it is. */
export function secret<V extends Value | undefined>(value: V): V | Marked {
  if (value === undefined || isSecret(value)) return value;
  return { [SIGNATURE_KEY]: SECRET, value: value };
}

/** The value without any secret marks, at any depth. Assets and archives stay as they are. */
export function reveal(value: Value): Value {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  if (isSecret(value)) return reveal(value["value"] ?? null);
  return revealAll(value);
}

export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, v]) => [key, reveal(v)]));
}

export function containsUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

/**
 * Whether two revealed values are the same. Assets and archives are compared by their hash: it covers
 * the content, while the path of the same file differs from machine to machine.
 */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  if ((isAsset(a) && isAsset(b)) || (isArchive(a) && isArchive(b))) {
    if (a["hash"] && b["hash"]) return a["hash"] === b["hash"];
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameValue(a[key], b[key]));
}
