import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { type Asking, gather } from "./answers";
import { commonAnswers } from "./common-answers";
import { answered, judge, type Surroundings } from "./environment";
import type { Flags } from "./flags";
import { plainValue } from "./given-paths";
import { fromStack, opening, stackProblem } from "./opening";
import { type Complaint, complaintOf, Refusal } from "./refusal";
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

/** `SETTING=VALUE` in two; a complaint where it is not that. */
function setsOf(texts: readonly string[], complaints: Complaint[]): [string, unknown][] {
  return texts.flatMap((text) => {
    const [, setting, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
    if (setting !== undefined) return [[setting, plainValue(value!)]];
    complaints.push({ where: "--set", message: "must be SETTING=VALUE, such as protect=true" });
    return [];
  });
}

/** DNS flags mean that there are dynamic updates. */
function withProvider(flags: Flags["given"], given: Given): Given {
  const updates = ["dns-server", "dns-zone", "tsig-name"].some((flag) => flags.has(flag));
  return updates && !flags.has("dns") ? answered(given, "dns.provider", "rfc2136") : given;
}

/** Every node is reached through the same host. */
function withBastion(given: Given, bastion: string | undefined): Given {
  if (bastion === undefined || !Array.isArray(given.nodes)) return given;
  return given.nodes.reduce<Given>(
    (all, _, i) => answered(all, `nodes[${i}].bastion.address`, bastion),
    given,
  );
}

/** Flags that were given and say nothing, as another answer rules them out. */
function unused(flags: Flags["given"], given: Given): Complaint[] {
  const updates = (given.dns as { provider?: unknown } | undefined)?.provider === "rfc2136";
  return ["dns-server", "dns-zone", "tsig-name"]
    .filter((flag) => flags.has(flag) && !updates)
    .map((flag) => ({ where: `--${flag}`, message: "means something with --dns rfc2136 alone" }));
}

/**
 * The file of a new stack, checked.
 * @throws Refusal with everything that is wrong
 */
export async function newStack(request: NewStackRequest): Promise<NewStack> {
  const { flags, project, stacks, asking } = request;
  const complaints = [...request.complaints];
  const set = setsOf(flags.get("set") ?? [], complaints);
  // Nobody is asked twenty questions in vain.
  if (asking !== undefined && complaints.length > 0) throw new Refusal(complaints);
  const opened = await opening(request);
  const problem = stackProblem(opened.stack, stacks);
  if (problem !== undefined) complaints.push({ where: "--stack", message: problem });
  const from = fromStack(opened.from, stacks, complaints);
  if (asking !== undefined && complaints.length > 0) throw new Refusal(complaints);

  const stack = opened.stack ?? "";
  const others = stacks.filter((other) => other.stack !== stack);
  const surroundings: Surroundings = { project, stack, others };
  const common = from === undefined ? { given: {}, encrypted: [] } : commonAnswers(from);
  const start = withProvider(flags, common.given);
  const gathered = await gather({ given: start, from, flags, set, surroundings, asking });
  const given = withBastion(gathered, flags.get("bastion")?.[0]);
  const { problems, pending } = judge(given, surroundings, common.encrypted);
  complaints.push(...unused(flags, given), ...problems.map(complaintOf));
  if (complaints.length > 0) throw new Refusal(complaints);
  return { stack, given, pending, text: stackText({ stack, project }, given, pending) };
}
