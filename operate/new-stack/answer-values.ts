import type { Given } from "../../settings/given";
import { answered } from "./environment";
import type { Flags } from "./flags";
import { partsOf, plainValue, withoutValue } from "./given-paths";
import { type Question, QUESTIONS } from "./questions";

/* The value that the words of an answer mean, and the settings with it. */

/** A node as it is written in one word; a problem of the settings where it is none. */
function nodeIn(text: string): Readonly<Record<string, string>> | undefined {
  const [, name, user, address] = /^([^=]+)=(?:([^@]+)@)?([^@]+)$/.exec(text) ?? [];
  if (name === undefined || address === undefined) return undefined;
  return { name, address, ...(user !== undefined && { user }) };
}

/** An answer's value; where it has the wrong form it is left for the schema to judge. */
export function valueOf({ setting, number, optional }: Question, text: string): unknown {
  if (setting === "nodes") return nodeIn(text) ?? text;
  if (optional && text === "none") return undefined;
  return number === true ? plainValue(text) : text;
}

/** The value of a question that its flag answers. */
export function flagValue(question: Question, texts: readonly string[]): unknown {
  const values = texts.map((text) => valueOf(question, text));
  return question.list ? values : values[0];
}

/** A copy with a question's answer; without one, it has none of an optional structure. */
export function withAnswer(given: Given, { setting, optional }: Question, value: unknown): Given {
  if (value !== undefined) return answered(given, setting, value);
  return optional ? (withoutValue(given, partsOf(setting).slice(0, -1)) as Given) : given;
}

export function withFlags(given: Given, flags: Flags["given"]): Given {
  return QUESTIONS.reduce((all, question) => {
    const texts = flags.get(question.flag);
    return texts === undefined ? all : withAnswer(all, question, flagValue(question, texts));
  }, given);
}
