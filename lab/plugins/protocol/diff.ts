import { isArchive, isAsset, sameValue, type Properties, type Value } from "./values";

export type ChangeKind = "add" | "delete" | "update";

export interface Change {
  kind: ChangeKind;
  replace: boolean;
}

/** Names the engine adds for itself. */
const isInternal = (key: string) => key === "version" || key.startsWith("__");

function isTree(value: Value | undefined): value is Value[] | { [key: string]: Value } {
  return typeof value === "object" && value !== null && !isAsset(value) && !isArchive(value);
}

function step(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`;
}

function collect(
  path: string,
  old: Value | undefined,
  now: Value | undefined,
  add: (path: string, kind: ChangeKind) => void,
): void {
  if (sameValue(old, now)) return;
  if (old === undefined || old === null) return add(path, "add");
  if (now === undefined || now === null) return add(path, "delete");
  if (!isTree(old) || !isTree(now)) return add(path, "update");
  if (Array.isArray(old) && Array.isArray(now)) {
    for (let i = 0; i < Math.max(old.length, now.length); i++) {
      collect(`${path}[${i}]`, old[i], now[i], add);
    }
  } else if (!Array.isArray(old) && !Array.isArray(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      collect(step(path, key), old[key], now[key], add);
    }
  } else {
    add(path, "update");
  }
}

/**
 * The changes between two sets of revealed inputs, by property path (`connection.host`,
 * `triggers[0]`), as `preview --diff` displays them. An unknown value always is a change.
 */
export function diffInputs(
  old: Properties,
  now: Properties,
  replaceOn: ReadonlySet<string> | "all",
): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (isInternal(key)) continue;
    const replace = replaceOn === "all" || replaceOn.has(key);
    collect(key, old[key], now[key], (path, kind) => changes.set(path, { kind, replace }));
  }
  return changes;
}
