import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { commandsIn, npmCall } from "../documentation/commands";
import { type Block, commandBlocks, placeOf } from "../documentation/pages";

/** A block that the documents tell to run on the lab. */
export interface Told {
  /** `README.md:30` */
  readonly place: string;
  /** The heading it stands under. */
  readonly heading: string;
  readonly text: string;
  /** What it prints, as the page has it: for `missingLine`. @default the page does not say */
  readonly prints?: string;
}

/** What another story does, as each costs minutes: other machines, other releases, other nodes. */
const COSTLY = /^--(release|https?|air-gapped|online|nodes)$/;

/** The arguments of `npm run lab` in a block; undefined for another command. */
const labArguments = (words: readonly string[]) => {
  const call = npmCall(words);
  return call?.script === "lab" ? call.args : undefined;
};

function told(block: Block): Told {
  const { heading, text, follows } = block;
  const prints = follows?.language === "text" ? follows.text : undefined;
  return { place: placeOf(block), heading, text, ...(prints !== undefined && { prints }) };
}

function blocks(): Block[] {
  return commandBlocks().filter(({ words }) => words[0] === "lab");
}

const isCostly = ({ text }: Block) =>
  commandsIn(text).some((words) => labArguments(words)?.some((arg) => COSTLY.test(arg)) ?? false);

/** The blocks that the documents' own story runs, in reading order. */
export function labBlocks(): Told[] {
  return blocks()
    .filter((block) => !isCostly(block))
    .map(told);
}

/** The blocks that other stories have to run: for each its place, and each of its calls of the lab. */
export function blocksOfOtherStories(): { place: string; calls: string[] }[] {
  return blocks()
    .filter(isCostly)
    .map((block) => ({
      place: placeOf(block),
      calls: commandsIn(block.text).map((words) => (labArguments(words) ?? ["?"]).join(" ")),
    }));
}

/** Every call of the lab, with nothing but texts as arguments, in the stories and their cases. */
export function callsOfStories(): Set<string> {
  const sources = readdirSync(__dirname)
    .filter((name) => name.endsWith(".ts") && !name.startsWith("documentation"))
    .map((name) => readFileSync(join(__dirname, name), "utf8"));
  const calls = sources.flatMap((source) => [
    ...source.matchAll(/\blab(?:Succeeds)?\(\s*((?:"[^"]*"\s*,?\s*)*)\)/g),
  ]);
  return new Set(
    calls.map(([, args]) => [...args!.matchAll(/"([^"]*)"/g)].map(([, arg]) => arg).join(" ")),
  );
}
