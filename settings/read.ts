import type { z } from "zod";
import { type Problem, SettingsError } from "./errors";
import { type Given, settingPath } from "./given";
import { crossProblems } from "./rules";
import { schema, type Settings } from "./schema";
import { decoded, type StackConfiguration } from "./stack-configuration";
import { unknownKey } from "./unknown-key";
import { refusal } from "./unsupported";

function problemsOf(issue: z.core.$ZodIssue, given: Given): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      setting: settingPath([...issue.path, key]),
      message: refusal(key) ?? unknownKey(key, issue.path, given),
    }));
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
  const given: Given = Object.fromEntries(
    Object.entries(configuration.values)
      .filter(([, value]) => !isLeftOut(value))
      .map(([key, value]) => [key, decoded(value)]),
  );
  const parsed = schema.safeParse(given, {
    error: ({ code, expected }) =>
      code === "invalid_type" && expected === "object" ? "must be a structure" : undefined,
  });
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => problemsOf(issue, given))),
    ...crossProblems(given, configuration, now),
  ];
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return parsed.data;
}
