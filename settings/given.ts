import type { Settings } from "./schema";

/** The settings as written: any part may be missing, or of another kind than it should be. */
export type Given = { [K in keyof Settings]?: unknown };

/** What stands at a path, as far as the path leads. */
export function field(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

/** The text at a path; nothing for one that is empty or no text, which the schema says. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = field(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A path as it is written: `nodes[1].address`. */
export function settingPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, "");
}
