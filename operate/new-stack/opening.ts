import type { OtherStack } from "../../settings/stack-files";
import type { Asking } from "./answers";
import type { Flags } from "./flags";
import type { Complaint } from "./refusal";

/* The new stack's name, and the stack whose answers are proposed. */

interface Opening {
  readonly flags: Flags["given"];
  readonly stacks: readonly OtherStack[];
  readonly asking?: Asking | undefined;
}

export interface Opened {
  readonly stack?: string | undefined;
  readonly from?: string | undefined;
}

/** As the engine takes names of stacks, but for those that a command would take for a flag or a hidden file. */
const STACK = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** What is wrong with a new stack's name. */
export function stackProblem(
  stack: string | undefined,
  stacks: readonly OtherStack[],
): string | undefined {
  if (!stack) return "is missing: the new stack's name, such as staging";
  if (!STACK.test(stack)) {
    return "must be a stack's name: up to 100 letters, digits, hyphens, underscores and dots, the first a letter or a digit, without the organization's";
  }
  const there = stacks.find((each) => each.stack === stack);
  return there && `is ${stack}, whose file ${there.file} is there already; it is left as it is`;
}

/** The stack that answers are proposed by. */
export function fromStack(
  name: string | undefined,
  stacks: readonly OtherStack[],
  complaints: Complaint[],
): OtherStack | undefined {
  if (!name) return undefined;
  const found = stacks.find(({ stack }) => stack === name);
  if (found === undefined || found.unreadable !== undefined) {
    const known = stacks.map(({ stack }) => stack).join(", ");
    const message = found?.unreadable
      ? `is ${name}, whose file ${found.file} ${found.unreadable}`
      : `is ${name}, which has no file here; there are ${known || "none"}`;
    complaints.push({ where: "--from", message });
  }
  return found;
}

/** What is asked before everything else, since the rest depends on it. */
export async function opening({ flags, stacks, asking }: Opening): Promise<Opened> {
  let stack = flags.get("stack")?.[0];
  let from = flags.get("from")?.[0];
  if (asking === undefined) return { stack, from };
  while (stack === undefined) {
    const answer = await asking.ask("Name of the new stack: ");
    const problem = stackProblem(answer, stacks);
    if (problem === undefined) stack = answer;
    else asking.say(`  ${problem}`);
  }
  const names = stacks.filter(({ unreadable }) => unreadable === undefined).map((s) => s.stack);
  while (from === undefined && names.length > 0) {
    const answer = await asking.ask(
      `Stack whose answers are proposed, of ${names.join(", ")} (empty: none): `,
    );
    if (answer === "" || names.includes(answer)) from = answer;
  }
  return { stack, from };
}
