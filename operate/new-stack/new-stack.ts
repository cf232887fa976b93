import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { type Asking, gather } from "./answers";
import { commonAnswers, type CommonAnswers } from "./common-answers";
import { judge, type Surroundings } from "./environment";
import type { Flags } from "./flags";
import { foreseen } from "./foreseen";
import { fromStack, type Opened, opening, stackProblem } from "./opening";
import { type Complaint, complaintOf, Refusal } from "./refusal";
import { idleFlags, setsOf, withBastion } from "./said-settings";
import { stackText } from "./stack-text";

export interface NewStackRequest {
  readonly flags: Flags["given"];
  /** What is wrong with the command line. */
  readonly complaints: readonly Complaint[];
  readonly project: string;
  /** The project's stacks; the new one is none of them. */
  readonly stacks: readonly OtherStack[];
  /** @default nobody is there to be asked */
  readonly asking?: Asking | undefined;
}

export interface NewStack {
  readonly stack: string;
  /** The stack file's text. */
  readonly text: string;
  readonly given: Given;
  /** Settings that are to be set by the CLI before the stack can be deployed. */
  readonly pending: readonly string[];
}

/** Where the new stack is to be, what it starts with, and what is wrong with that. */
interface Start {
  readonly surroundings: Surroundings;
  readonly from: OtherStack | undefined;
  readonly common: CommonAnswers;
  readonly complaints: readonly Complaint[];
}

function startOf(
  { stack, from: name }: Opened,
  { project, stacks, asking }: NewStackRequest,
): Start {
  const complaints: Complaint[] = [];
  const isOpen = stack === undefined && asking !== undefined;
  const problem = isOpen ? undefined : stackProblem(stack, stacks);
  if (problem !== undefined) complaints.push({ where: "--stack", message: problem });
  const from = fromStack(name, stacks, complaints);
  const others = stacks.filter((other) => other.stack !== stack);
  return {
    surroundings: { project, stack: stack ?? "", others },
    from,
    common: from === undefined ? { given: {}, encrypted: [] } : commonAnswers(from),
    complaints,
  };
}

function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length > 0) throw new Refusal(complaints);
}

/**
 * The file of a new stack, checked.
 * @throws Refusal with everything that is wrong
 */
export async function newStack(request: NewStackRequest): Promise<NewStack> {
  const { project, asking } = request;
  const complaints = [...request.complaints];
  const set = setsOf(request.flags, complaints);
  const idle = idleFlags(request.flags, set);
  for (const flag of idle)
    complaints.push({ where: `--${flag}`, message: "means something with --dns rfc2136 alone" });
  const flags = new Map([...request.flags].filter(([flag]) => !idle.includes(flag)));
  const refuseInVain = (start: Start) => {
    // Nobody is asked twenty questions in vain.
    if (asking === undefined) return;
    refuse([...complaints, ...start.complaints, ...foreseen({ flags, set, ...start })]);
  };
  refuseInVain(startOf({ stack: flags.get("stack")?.[0], from: flags.get("from")?.[0] }, request));
  const start = startOf(await opening(request), request);
  refuseInVain(start);

  const { surroundings, from, common } = start;
  const { stack } = surroundings;
  const gathered = await gather({ given: common.given, from, flags, set, surroundings, asking });
  const given = withBastion(gathered, flags.get("bastion")?.[0]);
  const { problems, pending } = judge(given, surroundings, common.encrypted);
  refuse([...complaints, ...start.complaints, ...problems.map(complaintOf)]);
  return { stack, given, pending, text: stackText({ stack, project }, given, pending) };
}
