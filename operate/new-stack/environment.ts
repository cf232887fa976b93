import { type Problem, readSettings, SECRET_SETTINGS, SettingsError } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { isAt, partsOf, valueAt, withoutValue, withValue } from "./given-paths";

/** Where the new stack is to be. */
export interface Surroundings {
  readonly project: string;
  readonly stack: string;
  /** The project's other stacks. */
  readonly others: readonly OtherStack[];
}

/** What tells a structure's variants apart. */
export const TELLERS = ["tls.source", "dns.provider", "images.source"];

/** What is true of one value alone of another setting, by the latter. */
const BOUND: ReadonlyMap<string, string> = new Map([
  ...TELLERS.map((teller) => [teller, teller.split(".")[0]!] as const),
  ["release.installer", "release.sha256"],
  ["images.archive", "images.sha256"],
]);

/** Whether another value of a setting takes further settings away. */
export const isBinding = (setting: string) => BOUND.has(setting);

/** A copy with an answer; where it is another one than before, what was true of that one alone is gone. */
export function answered(given: Given, setting: string, value: unknown): Given {
  const bound = BOUND.get(setting);
  const stale = bound !== undefined && valueAt(given, setting) !== value;
  const base = stale ? withoutValue(given, partsOf(bound)) : given;
  return withValue(base, partsOf(setting), value) as Given;
}

/** What the program would say of these settings before it contacts a host. */
export function problemsOf(
  given: Given,
  { project, stack, others }: Surroundings,
): readonly Problem[] {
  const values = Object.entries(given).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    readSettings({
      values: Object.fromEntries(values) as Record<string, string>,
      secretKeys: new Set(),
      ...{ project, stack, others },
    });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** Settings that are set by the CLI from a file, although they are no secrets. */
const FROM_FILES = ["tls.certificate"];

/** Whether a setting that is still to be set is a secret. */
export const isSecret = (setting: string) => !FROM_FILES.includes(setting);

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

/** Whether the settings that were chosen have such a one: another variant of its structure may not. */
function isTaken(setting: string, given: Given, surroundings: Surroundings): boolean {
  return !problemsOf(answered(given, setting, ""), surroundings).some(
    (problem) => isAt(setting, problem.setting) && problem.message.startsWith("is not a setting"),
  );
}

/** Whether a problem is no more than that something is still to be set: at it, or in the structure there. */
function isLack({ setting }: Problem, given: Given, pending: readonly string[]): boolean {
  if (!pending.some((each) => isAt(each, setting))) return false;
  const value = valueAt(given, setting);
  const isStructure = typeof value === "object" && value !== null && !Array.isArray(value);
  return value === undefined || value === "" || isStructure;
}

/**
 * Judges settings whose secrets are still to be set, as if they were.
 * @param encrypted further settings that are to be set as secrets, where no value is given
 */
export function judge(
  given: Given,
  surroundings: Surroundings,
  encrypted: readonly string[],
): Judgement {
  const all = problemsOf(given, surroundings);
  const open = encrypted.filter(
    (setting) => valueAt(given, setting) === undefined && isTaken(setting, given, surroundings),
  );
  const pending = [...all.filter(isPending).map(({ setting }) => setting), ...open];
  return {
    problems: all.filter((problem) => !isLack(problem, given, pending)),
    pending: [...new Set(pending)],
  };
}
