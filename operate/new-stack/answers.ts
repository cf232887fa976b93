import type { Problem } from "../../settings";
import type { Given } from "../../settings/given";
import type { OtherStack } from "../../settings/stack-files";
import { answered, problemsOf, type Surroundings } from "./environment";
import { isAt, plainValue } from "./given-paths";
import { proposal } from "./proposals";
import { type Question, QUESTIONS } from "./questions";
import { complaintOf } from "./refusal";

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
  readonly flags: ReadonlyMap<string, readonly string[]>;
  /** Settings by `--set`, which are not asked either. */
  readonly set: readonly (readonly [string, unknown])[];
  readonly surroundings: Surroundings;
  /** @default nobody is there, and what was proposed counts */
  readonly asking?: Asking | undefined;
}

/** A node as it is written in one word; a problem of the settings where it is none. */
function nodeIn(text: string): Readonly<Record<string, string>> | undefined {
  const [, name, user, address] = /^([^=]+)=(?:([^@]+)@)?([^@]+)$/.exec(text) ?? [];
  if (name === undefined || address === undefined) return undefined;
  return { name, address, ...(user !== undefined && { user }) };
}

/** An answer's value; where it has the wrong form it is left for the schema to judge. */
function valueOf({ setting, number }: Question, text: string): unknown {
  if (setting === "nodes") return nodeIn(text) ?? text;
  return number === true ? plainValue(text) : text;
}

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
  return problemsOf(answered(given, question.setting, value), surroundings).filter(({ setting }) =>
    isAt(setting, question.setting),
  );
}

/** Asks until the answer is one that can be taken; undefined where none is needed. */
async function asked(
  question: Question,
  given: Given,
  proposed: unknown,
  { surroundings, asking }: Gathering & { readonly asking: Asking },
): Promise<unknown> {
  const items: unknown[] = [];
  for (;;) {
    const nothing = question.optional ? "none" : "";
    const first = proposed === undefined ? nothing : shown(proposed);
    const standard = items.length > 0 ? "no more" : first;
    const text = await asking.ask(`${question.ask}${standard && ` [${standard}]`}: `);
    if (text === "" && items.length > 0) return items;
    if (text === "" && proposed !== undefined) return proposed;
    if (text === "" && question.optional) return undefined;
    const one = valueOf(question, text);
    const value = question.list ? [...items, one] : one;
    const problems = wrong(question, value, given, surroundings);
    if (problems.length === 0 && !question.list) return value;
    if (problems.length === 0) items.push(one);
    for (const problem of problems) asking.say(`  ${complaintOf(problem).message}`);
  }
}

/** The settings that flags, a person and what was proposed make; not yet known to be valid. */
export async function gather(gathering: Gathering): Promise<Given> {
  const { flags, set, from, surroundings, asking } = gathering;
  const withSets = (given: Given) =>
    set.reduce((all, [setting, value]) => answered(all, setting, value), given);
  let given = withSets(gathering.given);
  for (const question of QUESTIONS) {
    if (question.when?.(given) === false) continue;
    const { flag, setting, list } = question;
    const texts = flags.get(flag);
    let value: unknown;
    if (texts !== undefined) {
      const values = texts.map((text) => valueOf(question, text));
      value = list ? values : values[0];
    } else {
      // What --set says of a node is no list of nodes yet.
      const proposed =
        setting === "nodes" ? undefined : proposal(question, given, from, surroundings);
      const isSet = set.some(([name]) => isAt(setting, name));
      value =
        asking === undefined || isSet
          ? proposed
          : await asked(question, given, proposed, { ...gathering, asking });
    }
    if (value !== undefined) given = answered(given, setting, value);
  }
  return withSets(given);
}
