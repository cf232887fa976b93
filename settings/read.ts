import { z } from "zod";
import { nearNames } from "../near-names";
import { type Problem, SettingsError } from "./errors";
import { crossProblems } from "./rules";
import { schema, type Settings } from "./schema";
import { decoded, type StackConfiguration } from "./stack-configuration";
import { refusal } from "./unsupported";

function settingPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, "");
}

/** The names that are allowed at a path of the schema, for "did you mean". */
function namesAt(path: readonly PropertyKey[]): string[] {
  const alternatives = (place: z.core.JSONSchema.BaseSchema) =>
    place.oneOf ?? place.anyOf ?? [place];
  let places = [z.toJSONSchema(schema, { io: "input" })] as z.core.JSONSchema.BaseSchema[];
  for (const part of path) {
    places = places
      .map((place) => (typeof part === "number" ? place.items : place.properties?.[String(part)]))
      .flatMap((next) => (typeof next === "object" ? [next].flat() : []))
      .flatMap((next) => (typeof next === "object" ? alternatives(next) : []));
  }
  return [...new Set(places.flatMap((place) => Object.keys(place.properties ?? {})))];
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = namesAt(issue.path);
    return issue.keys.map((key) => {
      const near = nearNames(key, known);
      const hint =
        near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known here: ${known.join(", ")}`;
      return {
        setting: settingPath([...issue.path, key]),
        message: refusal(key) ?? `is not a setting; ${hint}`,
      };
    });
  }
  return [{ setting: settingPath(issue.path), message: issue.message }];
}

/** Whether a stack leaves a setting out: Pulumi.yaml has to give texts and structures some default. */
const isLeftOut = (value: string) => value === "" || /^\s*\{\s*\}\s*$/.test(value);

/**
 * A stack's settings, checked and with defaults.
 *
 * @param now the time by which certificates are judged
 * @throws SettingsError with every problem at once; nothing has been contacted by then.
 */
export function readSettings(configuration: StackConfiguration, now = new Date()): Settings {
  const given = Object.fromEntries(
    Object.entries(configuration.values)
      .filter(([, value]) => !isLeftOut(value))
      .map(([key, value]) => [key, decoded(value)]),
  );
  const parsed = schema.safeParse(given, {
    error: ({ code, expected }) =>
      code === "invalid_type" && expected === "object" ? "must be a structure" : undefined,
  });
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap(problemsOf)),
    ...crossProblems(given, configuration, now),
  ];
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return parsed.data;
}
