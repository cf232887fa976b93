import { parseArgs } from "node:util";
import { nearNames } from "../../near-names";
import { QUESTIONS } from "./questions";
import type { Complaint } from "./refusal";

/** What the command line says. */
export interface Flags {
  readonly help: boolean;
  /** Every flag that was given, with its values. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/** Flags beside the questions', by whether they may be repeated. */
const OTHERS = { stack: false, from: false, folder: false, bastion: false, set: true } as const;

const repeatable = (name: string) =>
  name in OTHERS
    ? OTHERS[name as keyof typeof OTHERS]
    : (QUESTIONS.find(({ flag }) => flag === name)?.list ?? false);

const NAMES = [...Object.keys(OTHERS), ...QUESTIONS.map(({ flag }) => flag)];

const isKnown = (name: string) => name === "help" || NAMES.includes(name);

function unknown(name: string): string {
  if (/password|secret|key/i.test(name)) {
    return "is no flag: a secret is set afterwards, by `pulumi config set --secret`, where nobody reads it along";
  }
  const near = nearNames(name, NAMES).map((flag) => `--${flag}`);
  return `is no flag; ${near.length > 0 ? `did you mean ${near.join(" or ")}?` : "--help names them"}`;
}

/** Reads the command line. What is wrong with it is added to the complaints, without a value. */
export function readFlags(args: readonly string[], complaints: Complaint[]): Flags {
  const given = new Map<string, string[]>();
  let help = false;
  let strayed = false;
  const { tokens } = parseArgs({
    args: [...args],
    options: {
      help: { type: "boolean" },
      ...Object.fromEntries(NAMES.map((name) => [name, { type: "string" as const }])),
    },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    // What follows an unknown flag is its value, and may be a secret.
    if (token.kind === "positional" && !strayed) {
      complaints.push({ where: "an argument", message: "belongs to no flag; --help names them" });
    }
    strayed = token.kind === "option" && !isKnown(token.name);
    if (token.kind !== "option") continue;
    const { name, value, rawName, inlineValue } = token;
    const isFlag = inlineValue === false && value.startsWith("--");
    if (name === "help") help = true;
    else if (!isKnown(name)) complaints.push({ where: rawName, message: unknown(name) });
    else if (!value || isFlag) complaints.push({ where: rawName, message: "needs a value" });
    else if (given.has(name) && !repeatable(name)) {
      complaints.push({ where: rawName, message: "is given twice; once is enough" });
    } else given.set(name, [...(given.get(name) ?? []), value]);
  }
  return { help, given };
}

/** What stands before the flags' list in the usage, and after it. */
const HEAD = `usage: npm run new-stack -- --stack NAME [FLAG …]

Writes Pulumi.<stack>.yaml for another environment, every setting with a comment above it, checks the
settings as \`pulumi preview\` would, with what the project's other stacks have, and prints what is left to
do; the installer is read by the preview. On a terminal it asks for what no flag says; elsewhere what is
missing is one error. It asks for no secret, writes none, and overwrites no file.

`;

const TAIL = `
Exit status: 0 when the file was written, 1 when nothing was.
`;

export function usage(): string {
  const rows: [string, string][] = [
    ["--stack NAME", "The new stack, such as staging"],
    ["--from STACK", "Stack whose answers are proposed where environments may have the same"],
    ...QUESTIONS.map(({ flag, form, ask, list }): [string, string] => [
      `--${flag} ${form}`,
      `${ask}${list ? "; repeatable" : ""}`,
    ]),
    ["--bastion HOST", "Host through which SSH reaches every node"],
    ["--set SETTING=VALUE", "Any other plain setting, such as nodes[0].sshAddress; repeatable"],
    ["--folder PATH", "Folder with Pulumi.yaml and the stacks' files (the project's)"],
  ];
  const width = Math.max(...rows.map(([flag]) => flag.length));
  return `${HEAD}${rows.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}\n`).join("")}${TAIL}`;
}
