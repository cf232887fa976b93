import type { HostFile } from "./command";

/** What the text of a step's command says, read back from the form that `commandText` gives it. */
export interface ReadCommand {
  /** The step, such as `stage`. */
  readonly step: string;
  /** The name of the host that it runs on. */
  readonly node: string;
  /** A sum over the script. */
  readonly script: string;
  /** The step's parameters by their names, less what the head says too. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The files as they may be seen. */
  readonly shown: readonly HostFile[];
}

const HEAD = /^# harbor-ha: ([a-z-]+) on (\S+) \(script ([0-9a-f]+)\)$/m;
/** A name and a value as `shellQuote` writes it. */
const PARAMETER = /^ {2}([A-Z][A-Z0-9_]*)=('(?:[^']|'\\'')*') \\$/gm;
const SAID_BY_HEAD = ["NODE", "STEP", "PARTS"];
const FILES = "\n: <<'RENDERED_FILES'\n";

function filesIn(block: string): HostFile[] {
  const text = block.replace(/^RENDERED_FILES\n$/m, "");
  const heads = [...text.matchAll(/^=== (\S+) \(([0-7]{4})\)\n/gm)];
  return heads.map(({ 0: head, 1: path, 2: mode, index }, i) => ({
    path: path!,
    mode: parseInt(mode!, 8),
    content: text.slice(index + head.length, heads[i + 1]?.index),
  }));
}

/** A step's command, from its text; undefined for a text that is none. */
export function readCommand(text: string): ReadCommand | undefined {
  const [head, step, node, script] = HEAD.exec(text) ?? [];
  if (head === undefined) return undefined;
  const [command, block = ""] = text.split(FILES, 2);
  const parameters = [...command!.matchAll(PARAMETER)]
    .map(([, name, quoted]) => [name!, quoted!.slice(1, -1).replaceAll(`'\\''`, "'")] as const)
    .filter(([name]) => !SAID_BY_HEAD.includes(name));
  return {
    step: step!,
    node: node!,
    script: script!,
    parameters: new Map(parameters),
    shown: filesIn(block),
  };
}
