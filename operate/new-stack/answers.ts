import type { Problem } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { flagValue, valueOf, withAnswer } from "./answer-values";
import { problemsOf, type Surroundings } from "./environment";
import type { Flags } from "./flags";
import { isAt } from "./given-paths";
import { proposal } from "./proposals";
import { type Question, QUESTIONS } from "./questions";
import { complaintOf } from "./refusal";
import { type Sets, withSets } from "./said-settings";

/** Asks a person, and gives the answer without blanks around it. */
export type Ask = (question: string) => Promise<string>;

export interface Asking {
  readonly ask: Ask;
  /** Shows a line. */
  readonly say: (line: string) => void;
}

export interface Gathering {
  /** What is known before anything is asked. */
  readonly given: Given;
  /** The stack that it was taken from. @default none */
  readonly from?: OtherStack | undefined;
  /** The flags' values. */
  readonly flags: Flags["given"];
  /** Settings by `--set`, which are not asked either. */
  readonly set: Sets;
  readonly surroundings: Surroundings;
  /** @default nobody is there, and what was proposed counts */
  readonly asking?: Asking | undefined;
}

type Conversation = Gathering & { readonly asking: Asking };

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** What is wrong with an answer, as far as that is known by now. */
function wrong(
  question: Question,
  value: unknown,
  given: Given,
  surroundings: Surroundings,
): readonly Problem[] {
  return problemsOf(withAnswer(given, question, value), surroundings).filter(({ setting }) =>
    isAt(setting, question.setting),
  );
}

/** Whether an answer can be taken; what is wrong with it is shown. */
function isTaken(
  question: Question,
  value: unknown,
  given: Given,
  { surroundings, asking }: Conversation,
): boolean {
  const problems = wrong(question, value, given, surroundings);
  for (const problem of problems) asking.say(`  ${complaintOf(problem).message}`);
  return problems.length === 0;
}

/** Asks until the answer is one that can be taken; undefined where none is needed. */
async function asked(
  question: Question,
  given: Given,
  proposed: unknown,
  conversation: Conversation,
): Promise<unknown> {
  const items: unknown[] = [];
  for (;;) {
    const nothing = question.optional ? "none" : "";
    const first = proposed === undefined ? nothing : shown(proposed);
    const standard = items.length > 0 ? "no more" : first;
    const text = await conversation.asking.ask(`${question.ask}${standard && ` [${standard}]`}: `);
    if (text === "" && items.length > 0) return items;
    const isProposed = text === "" && (proposed !== undefined || question.optional === true);
    const one = isProposed ? proposed : valueOf(question, text);
    const isWhole = isProposed || !question.list;
    const value = isWhole ? one : [...items, one];
    if (!isTaken(question, value, given, conversation)) continue;
    if (isWhole) return value;
    items.push(one);
  }
}

/** A question's answer: the flag's, a person's, or what is proposed. */
async function answerTo(question: Question, given: Given, gathering: Gathering): Promise<unknown> {
  const { flags, set, from, surroundings, asking } = gathering;
  const { flag, setting } = question;
  // What --set says of a node is no list of nodes yet.
  const proposed = setting === "nodes" ? undefined : proposal(question, given, from, surroundings);
  const texts = flags.get(flag);
  const said = texts && flagValue(question, texts);
  if (asking === undefined) return texts ? said : proposed;
  const conversation = { ...gathering, asking };
  // Other answers may have made it wrong, and would be lost with it.
  if (texts && isTaken(question, said, given, conversation)) return said;
  if (!texts && set.some(([name]) => isAt(setting, name))) return proposed;
  return asked(question, given, proposed, conversation);
}

/** The settings that flags, a person and what was proposed make; not yet known to be valid. */
export async function gather(gathering: Gathering): Promise<Given> {
  const { flags, set } = gathering;
  let given = withSets(gathering.given, set);
  for (const question of QUESTIONS) {
    if (question.when?.(given) === false && !flags.has(question.flag)) continue;
    given = withAnswer(given, question, await answerTo(question, given, gathering));
  }
  return withSets(given, set);
}
