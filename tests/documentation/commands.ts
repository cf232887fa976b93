/** The text inside backticks of a page's prose: what it names and calls. */
export function codeSpans(prose: string): string[] {
  return [...prose.matchAll(/(?<!`)(`{1,2})(?!`)((?:(?!\1).|\n(?!\n))+?)\1(?!`)/g)].map(
    ([, , code]) => code!.replace(/\s+/g, " ").trim(),
  );
}

/** A shell's text without here-documents, and with continued lines as one. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let until: string | undefined;
  for (const line of text.replace(/\\\n\s*/g, " ").split("\n")) {
    if (until !== undefined) {
      if (line.trim() === until) until = undefined;
      continue;
    }
    until = /<<-?\s*'?(\w+)'?/.exec(line)?.[1];
    lines.push(line);
  }
  return lines;
}

/** The words of a command line as a shell splits them, without redirections and comments. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)) {
    if (word.startsWith("#")) break;
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
  }
  return words;
}

/** The simple commands of a shell's text, each as its words. */
export function commandsIn(text: string): string[][] {
  return logicalLines(text)
    .flatMap((line) =>
      wordsOf(line)
        .join("\0")
        .split(/\0(?:&&|\|\||\||;)\0/),
    )
    .map((command) => command.split("\0").filter((word) => word !== ""))
    .filter((words) => words.length > 0);
}

/** A call of one of the project's scripts by npm. */
export interface NpmCall {
  readonly script: string;
  /** What the script is given, after `--`. */
  readonly args: readonly string[];
}

/** The call that a command is; undefined for another command. */
export function npmCall(words: readonly string[]): NpmCall | undefined {
  const [first, ...rest] = words.filter(
    (word, i) => !(i < words.indexOf("npm") && /^[A-Z_]+=/.test(word)),
  );
  if (first !== "npm") return undefined;
  const split = rest.indexOf("--");
  const [own, args] = split < 0 ? [rest, []] : [rest.slice(0, split), rest.slice(split + 1)];
  const [verb, script] = own.filter((word) => !word.startsWith("-"));
  if (verb === "test") return { script: "test", args };
  return verb === "run" && script !== undefined ? { script, args } : undefined;
}
