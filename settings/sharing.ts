import type { Problem } from "./errors";
import type { Given } from "./given";
import { type Holding, holdings, type Place, placeOf } from "./holdings";
import type { StackConfiguration } from "./stack-configuration";
import type { OtherStack } from "./stack-files";

/* What no two stacks of a project may share, since one registry would break the other. */

/** What is wrong with sharing each kind, and what to do. */
const REASONS: Readonly<Record<Holding["kind"], string>> = {
  hostname: "clients would meet either registry under one name; give this stack a name of its own",
  node: "a host carries one registry, as the folder /opt/harbor, the names of its containers, the log port 1514, its services and docker's settings are there once; name another host",
  client:
    "a host is set up for the registry of one stack, and each would take the other's entry away; name it in one of them, and do the other by hand (pulumi stack output clientInstructions)",
  database: "two registries would write over each other's tables; choose another name",
  sessions: "two registries would take each other's sessions; choose another index, 0 to 15",
};

/** The way out for stacks that are one registry, one after the other: said once, with the last problem. */
function withWayOut(problems: readonly Problem[], { stack }: OtherStack): Problem[] {
  return problems.map(({ setting, message }, i) => ({
    setting,
    message:
      i < problems.length - 1
        ? message
        : `${message}. Where this stack takes the place of ${stack}, set predecessor to ${stack}; where ${stack} is gone for good, \`pulumi stack rm ${stack}\` takes its file away`,
  }));
}

const overlap = (one: readonly string[], other: readonly string[]) =>
  one.some((key) => other.includes(key));

function holdingProblems(given: Given, other: OtherStack): Problem[] {
  const theirs = holdings(other.given);
  return holdings(given).flatMap(({ kind, setting, says, keys }) => {
    const same = theirs.find((held) => held.kind === kind && overlap(held.keys, keys));
    if (same === undefined) return [];
    const where = same.setting === setting ? other.file : `${other.file} (${same.setting})`;
    const message = `is ${JSON.stringify(says)}, which stack ${other.stack} has already, in ${where}; ${REASONS[kind]}`;
    return [{ setting, message }];
  });
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer === "/" ? outer : `${outer}/`);
}

/** The first pair of directories of which one is the other, or lies in it. */
function meeting(one: Place, other: Place): readonly [string, string] | undefined {
  return one.directories
    .flatMap((own) => other.directories.map((theirs) => [own, theirs] as const))
    .find(([own, theirs]) => isWithin(own, theirs) || isWithin(theirs, own));
}

function placeProblems(given: Given, other: OtherStack): Problem[] {
  const [own, theirs] = [placeOf(given), placeOf(other.given)];
  if (!own || !theirs || !overlap(own.fileSystems, theirs.fileSystems)) return [];
  const pair = meeting(own, theirs);
  if (pair === undefined) return [];
  const [mine, held] = pair;
  const where =
    mine === held
      ? `this stack and stack ${other.stack} (${other.file}) would both keep their files in ${mine}`
      : `${mine} of this stack and ${held} of stack ${other.stack} (${other.file}) lie one in the other`;
  const message = `is ${JSON.stringify(own.path)}: ${where}, and registries would write over each other; choose another cephfs.path`;
  return [{ setting: "cephfs.path", message }];
}

/**
 * The stack of this project that `predecessor` names, with or without the project's name before it;
 * undefined for another project's. In another stack's file a name of digits alone is a number.
 */
function stackIn(predecessor: unknown, project: string | undefined): string | undefined {
  if (typeof predecessor !== "string" && typeof predecessor !== "number") return undefined;
  const [stack, of = project] = String(predecessor).split("/").reverse();
  return of === project ? stack : undefined;
}

/**
 * What this stack says that another one has already, and the files that nobody can read. Stacks of which
 * one is the other's predecessor are the same registry, one after the other.
 */
export function sharingProblems(
  given: Given,
  { project, stack, others = [] }: Pick<StackConfiguration, "project" | "stack" | "others">,
): Problem[] {
  return others.flatMap((other) => {
    if (other.unreadable !== undefined) {
      const message = `${other.unreadable}, so nobody can tell what stack ${other.stack} shares with this one; correct the file, or move it away`;
      return [{ file: other.file, setting: "", message }];
    }
    if (stackIn(given.predecessor, project) === other.stack) return [];
    if (stack !== undefined && stackIn(other.given.predecessor, project) === stack) return [];
    return withWayOut([...holdingProblems(given, other), ...placeProblems(given, other)], other);
  });
}
