import { field, type Given } from "../../settings/given";
import { sharingProblems } from "../../settings/sharing";
import type { OtherStack } from "../../settings/stack-files";
import { answered, type Surroundings } from "./environment";
import { partsOf } from "./given-paths";
import { meaningOf } from "./meaning";
import type { Question } from "./questions";

const INDEXES = Array.from({ length: 16 }, (_, i) => i);

/** What no two stacks may share, and what can be proposed for a stack none the less. */
const UNSHARED = ["cephfs.path", "database.name", "redis.database"];

/** Values for what no two stacks may share, the most likely first. */
function candidates(setting: string, usual: unknown, stack: string): readonly unknown[] {
  switch (setting) {
    case "cephfs.path":
      return [usual, `${usual === "/" ? "/harbor" : String(usual)}-${stack}`];
    case "database.name":
      return [usual, `${String(usual)}_${stack.replace(/[^A-Za-z0-9_]/g, "_")}`];
    case "redis.database":
      return INDEXES;
    default:
      return [usual];
  }
}

/**
 * What a question's answer is where nobody gives another: what the settings say already, what the stack
 * that they were taken from says, or the schema's default. Of what stacks may not share it is the first
 * value that is free; undefined where nothing can be proposed.
 */
export function proposal(
  { setting }: Question,
  given: Given,
  from: OtherStack | undefined,
  surroundings: Surroundings,
): unknown {
  const path = partsOf(setting).map(String);
  const known = field(given, ...path);
  if (known !== undefined) return known;
  const theirs = UNSHARED.includes(setting) ? field(from?.given, ...path) : undefined;
  const usual = typeof theirs === "string" ? theirs : meaningOf(path)?.standard;
  const free = (value: unknown) =>
    !sharingProblems(answered(given, setting, value), surroundings).some(
      (problem) => problem.setting === setting,
    );
  const offered = candidates(setting, usual, surroundings.stack);
  return offered.find(free) ?? offered.at(-1);
}
