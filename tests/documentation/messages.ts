import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./pages";

/** The rooms whose messages a person can meet. */
const ROOMS = ["settings", "release", "host", "components", "operate", "review", "lab", "harbor"];

/** Stands for what a message is filled with. */
const FILLED = "\u0001";

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|sh|mjs)$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

/** A source with each text whole, and a mark where something is filled in. */
function texts(source: string): string {
  let text = source.replace(/["'`]\s*\+\s*["'`]/g, "").replace(/\\(["'`$])/g, "$1");
  // The innermost first, as one may stand in another.
  for (let before = ""; before !== text;) {
    before = text;
    text = text.replace(/\$\{[^{}]*\}/g, FILLED);
  }
  return text
    .replace(/\$\([^()]*\)|\$[A-Za-z_]\w*|%[ds]\b/g, FILLED)
    .replace(/\\\n\s*/g, " ")
    .replace(/\s+/g, " ");
}

let all: string | undefined;

/** The texts of the program and its scripts. */
function programTexts(): string {
  all ??= [
    ...ROOMS.flatMap((room) => sources(join(ROOT, room))),
    ...["index.ts", "near-names.ts", "signs-of-life.ts", "transfer-progress.ts"].map((name) =>
      readFileSync(join(ROOT, name), "utf8"),
    ),
  ]
    .map(texts)
    .join("\n");
  return all;
}

/** The parts of a message that are the same each time, without what is too short to tell anything. */
export function fragmentsOf(message: string): string[] {
  return message
    .split(/…|\b[A-Z]{2,}(?:@[A-Z]+)?\b|`/)
    .map((part) => part.replace(/^[\s:.,;()"]+|[\s:.,;()"]+$/g, ""))
    .filter((part) => part.length >= 8 && part.includes(" "));
}

/** Whether a text ends, or begins, right where something is filled in. */
const before = (text: string, said: string) =>
  text === "" || ["", " ", ' "', " (", " `"].some((gap) => said.includes(text + gap + FILLED));
const after = (text: string, said: string) =>
  text === "" || ["", " ", '" ', ") ", "` "].some((gap) => said.includes(FILLED + gap + text));

/** Words of a value that a message is filled with, at most. */
const VALUE = 2;

const has = (words: readonly string[], said: string) => said.includes(words.join(" "));

/** Whether the program says this: as it stands, or one of its texts filled with a value or with another. */
function isSaid(fragment: string, said: string): boolean {
  if (said.includes(fragment)) return true;
  const words = fragment.split(" ");
  return words.some((_, from) => {
    const left = words.slice(0, from).join(" ");
    if (!before(left, said)) return false;
    return words.some((_, to) => {
      if (to < from) return false;
      const right = words.slice(to + 1).join(" ");
      if ((left + right).length < 2 || !after(right, said)) return false;
      // What fills it may be one of the program's texts with a value after it.
      return to - from < VALUE || [to, to + 1].some((end) => has(words.slice(from, end), said));
    });
  });
}

/**
 * The fragments that the program never says. One that is put together of several texts is looked for
 * clause by clause.
 */
export function unknownFragments(message: string, said = programTexts()): string[] {
  return fragmentsOf(message).filter((fragment) => {
    if (isSaid(fragment, said)) return false;
    const clauses = fragment.split(/[:;,.()]+(?: |$)| \(/).filter((part) => part.length >= 4);
    return clauses.length < 2 || !clauses.every((part) => isSaid(part, said));
  });
}

/** What the program's sources say, as `unknownFragments` takes it. */
export function saidBy(source: string): string {
  return texts(source);
}
