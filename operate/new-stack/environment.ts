import { type Problem, readSettings, SECRET_SETTINGS, SettingsError } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { isAt, partsOf, withValue } from "./given-paths";

/** Where the new stack is to be. */
export interface Surroundings {
  readonly project: string;
  readonly stack: string;
  /** The project's other stacks. */
  readonly others: readonly OtherStack[];
}

/** A copy with an answer; what tells a structure's variants apart replaces the structure. */
export function answered(given: Given, setting: string, value: unknown): Given {
  const path = partsOf(setting);
  const before = path.reduce<unknown>(
    (at, part) => (at as Record<string, unknown> | undefined)?.[part],
    given,
  );
  const fresh = ["tls.source", "dns.provider"].includes(setting) && before !== value;
  const base = fresh ? withValue(given, path.slice(0, -1), {}) : given;
  return withValue(base, path, value) as Given;
}

/** What the program would say of these settings before it contacts a host. */
export function problemsOf(given: Given, { stack, others }: Surroundings): readonly Problem[] {
  const values = Object.entries(given).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    readSettings({
      values: Object.fromEntries(values) as Record<string, string>,
      secretKeys: new Set(),
      stack,
      others,
    });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** Settings that are set by the CLI from a file, although they are no secrets. */
const FROM_FILES = ["tls.certificate"];

/** What the settings still need that nobody is asked for. */
function isPending({ setting, message }: Problem): boolean {
  const ours = [...SECRET_SETTINGS, ...FROM_FILES].some((name) => name === setting);
  return ours && message.startsWith("is required");
}

export interface Judgement {
  /** What is wrong. */
  readonly problems: readonly Problem[];
  /** What is to be set by the CLI before the stack can be deployed. */
  readonly pending: readonly string[];
}

/**
 * Judges settings whose secrets are still to be set, as if they were.
 * @param encrypted further settings that are to be set as secrets
 */
export function judge(
  given: Given,
  surroundings: Surroundings,
  encrypted: readonly string[],
): Judgement {
  const all = problemsOf(given, surroundings);
  const pending = [...all.filter(isPending).map(({ setting }) => setting), ...encrypted];
  return {
    // A structure may lack just what is encrypted in it.
    problems: all.filter(({ setting }) => !pending.some((each) => isAt(each, setting))),
    pending: [...new Set(pending)],
  };
}
