import { field } from "../../settings/given";

/* Settings as a stack file has them, by paths such as `nodes[0].bastion.address`. */

/** A path in parts, indexes as numbers. */
export function partsOf(setting: string): (string | number)[] {
  return setting
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Whether a setting is at a path, or inside of what is there. */
export function isAt(setting: string, place: string): boolean {
  return setting === place || setting.startsWith(`${place}.`) || setting.startsWith(`${place}[`);
}

/** What stands at a setting, as far as its path leads. */
export function valueAt(given: unknown, setting: string): unknown {
  return field(given, ...partsOf(setting).map(String));
}

/** A copy with a value at a path; structures and lists on the way there are made. */
export function withValue(
  given: unknown,
  path: readonly (string | number)[],
  value: unknown,
): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (typeof part === "number") {
    const list = Array.isArray(given) ? [...(given as unknown[])] : [];
    // A list has no gaps: an index beyond its end adds to it.
    const index = Math.min(part, list.length);
    list[index] = withValue(list[index], rest, value);
    return list;
  }
  const structure =
    typeof given === "object" && given !== null && !Array.isArray(given) ? given : {};
  return {
    ...structure,
    [part]: withValue((structure as Record<string, unknown>)[part], rest, value),
  };
}

/** A copy without what is at a path of names. */
export function withoutValue(given: unknown, path: readonly (string | number)[]): unknown {
  const [part, ...rest] = path;
  if (part === undefined || typeof given !== "object" || given === null) return given;
  const { [part]: own, ...others } = given as Record<string | number, unknown>;
  if (own === undefined || rest.length === 0) return others;
  return { ...others, [part]: withoutValue(own, rest) };
}

/** A number, true or false where a text says one; a sum that happens to have no letter stays a text. */
export function plainValue(text: string): string | number | boolean {
  if (/^(0|[1-9]\d{0,8})$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}
