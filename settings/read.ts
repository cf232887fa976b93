import type { z } from "zod";
import { type Problem, SettingsError } from "./errors";
import { nearestNames } from "./nearest";
import { crossProblems } from "./rules";
import { schema, type Settings } from "./schema";

/** What the engine hands to a program: every value a text, structures as JSON. */
export interface StackConfiguration {
  /** Values by key, without the project's name before it. */
  readonly values: Readonly<Record<string, string>>;
  /** The keys that the stack keeps encrypted, in whole or in part. */
  readonly secretKeys: ReadonlySet<string>;
}

function isStructured(key: string): boolean {
  return !["hostname", "port", "maxJobWorkers", "healthTimeout"].includes(key);
}

/** Structures and flags arrive as JSON; a text that is none stays as it is, for the schema to judge. */
function decode(key: string, value: string): unknown {
  if (!isStructured(key)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function settingPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, "");
}

/** Whatever lists the names that are allowed at a path of the schema, for "did you mean". */
function namesAt(path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const part of path) {
    let definition = (at as z.core.$ZodType)._zod.def as unknown as Record<string, unknown>;
    while (definition["innerType"]) {
      definition = (definition["innerType"] as z.core.$ZodType)._zod.def as unknown as Record<
        string,
        unknown
      >;
    }
    const shape = definition["shape"] as Record<string, unknown> | undefined;
    at = typeof part === "number" ? definition["element"] : shape?.[String(part)];
    if (!at) return [];
  }
  let definition = (at as z.core.$ZodType)._zod.def as unknown as Record<string, unknown>;
  while (definition["innerType"]) {
    definition = (definition["innerType"] as z.core.$ZodType)._zod.def as unknown as Record<
      string,
      unknown
    >;
  }
  return Object.keys((definition["shape"] as Record<string, unknown> | undefined) ?? {});
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = namesAt(issue.path);
    return issue.keys.map((key) => {
      const near = nearestNames(key, known);
      const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "";
      const allowed = known.length > 0 ? `known here: ${known.join(", ")}` : "";
      return {
        setting: settingPath([...issue.path, key]),
        message: ["is not a setting", hint || allowed].filter(Boolean).join("; "),
      };
    });
  }
  return [{ setting: settingPath(issue.path), message: issue.message }];
}

/**
 * A stack's settings, checked and with defaults.
 *
 * @throws SettingsError with every problem at once; nothing has been contacted by then.
 */
export function readSettings(configuration: StackConfiguration): Settings {
  const given = Object.fromEntries(
    Object.entries(configuration.values).map(([key, value]) => [key, decode(key, value)]),
  );
  for (const key of ["release", "ssh", "cephfs", "database", "redis"]) given[key] ??= {};
  const parsed = schema.safeParse(given);
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(problemsOf)),
    ...crossProblems(given, configuration.secretKeys),
  ];
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return parsed.data;
}
