import { decoded } from "../../settings";
import type { StackSettings } from "../backup/format";

/** Settings by their paths, such as `nodes[0].address`, structures taken apart. */
export type Paths = ReadonlyMap<string, string>;

function leaves(path: string, value: unknown): [string, string][] {
  // What the project's file says of a setting that is left out.
  if (value === "") return [];
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, part]) =>
    leaves(Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, part),
  );
}

/** A stack's own settings by their paths, without the project's name. */
export function pathsOf(settings: StackSettings, project: string): Paths {
  return new Map(
    Object.entries(settings)
      .filter(([key]) => key.startsWith(`${project}:`))
      .flatMap(([key, { value }]) => leaves(key.slice(project.length + 1), decoded(value))),
  );
}

/** The paths at which two stacks say something else, sorted. */
export function differences(one: Paths, other: Paths): string[] {
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => one.get(path) !== other.get(path))
    .sort();
}
