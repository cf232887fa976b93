/*
 * Which stacks a change touches. A stack's own file touches that stack; what the program is made of
 * touches every stack; what only people, tests and the lab use touches none.
 */

/** The environments in the order in which a change reaches them; further ones are not in the line. */
export const LINE = ["staging", "prod"] as const;

/** Not an environment: the lab writes its own. */
const LAB = "lab";

/** Folders and files of which a deployment is made; their tests and documents are elsewhere. */
const PROGRAM = [
  /^(components|harbor|host|release|settings)\//,
  /^(index|is-url|near-names|signs-of-life|transfer-progress)\.ts$/,
  /^loader\.js$/,
  /^(package|package-lock)\.json$/,
  /^Pulumi\.yaml$/,
];

const STACK_FILE = /^Pulumi\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.yaml$/;

/** The stack that a file at the project's top is of; undefined for another file, and for the lab's. */
export function stackOf(file: string): string | undefined {
  const stack = STACK_FILE.exec(file)?.[1];
  return stack === LAB || stack?.endsWith(".local") ? undefined : stack;
}

export interface TouchedStacks {
  /** In the order in which they are deployed, those that are in no line last. */
  readonly stacks: readonly string[];
  /** Those whose files the change takes away: nothing is deployed for them. */
  readonly removed: readonly string[];
}

function inOrder(stacks: readonly string[]): string[] {
  const place = (stack: string) => {
    const at = (LINE as readonly string[]).indexOf(stack);
    return at < 0 ? LINE.length : at;
  };
  return [...new Set(stacks)].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}

/**
 * The stacks that a change touches.
 * @param changed paths of the files that it adds, alters or takes away; undefined for all there are
 * @param files the files at the project's top, after the change
 */
export function touchedStacks(
  changed: readonly string[] | undefined,
  files: readonly string[],
): TouchedStacks {
  const all = files.flatMap((file) => stackOf(file) ?? []);
  const own = (changed ?? []).flatMap((file) => stackOf(file) ?? []);
  const everything =
    changed === undefined || changed.some((file) => PROGRAM.some((part) => part.test(file)));
  return {
    stacks: inOrder(everything ? all : own.filter((stack) => all.includes(stack))),
    removed: inOrder(own.filter((stack) => !all.includes(stack))),
  };
}
