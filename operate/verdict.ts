import { parseArgs } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { openStack, said } from "./stack";

/** What a program that judges a deployed stack ends with. */
const STATUS = { good: 0, bad: 1, blind: 2 } as const;

/** What a judge works with, besides the stack. */
export interface Judgement {
  /** Options of its own, as given. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** One JSON document in place of lines. */
  readonly json: boolean;
  /** Whether lines may have colours. */
  readonly color: boolean;
  readonly print: (text: string) => void;
}

export interface Judge {
  /** Its name, which leads its errors. */
  readonly name: string;
  /** How it is used; the whole of it is printed for --help. */
  readonly usage: string;
  /** Options with a value that it has besides --stack. @default none */
  readonly options?: readonly string[];
  /** Whether the stack is as it has to be. @throws Error where it cannot say */
  readonly judge: (stack: Stack, judgement: Judgement) => Promise<boolean>;
}

async function judged({ usage, options = [], judge }: Judge): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      ...Object.fromEntries(options.map((option) => [option, { type: "string" as const }])),
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return STATUS.good;
  }
  if (!values.stack) throw new Error(`--stack is missing\n\n${usage.trimEnd()}`);
  const given = values as Record<string, string | boolean | undefined>;
  const own = options.map((option) => [option, given[option]]);
  const good = await judge(await openStack(values.stack), {
    options: Object.fromEntries(own) as Record<string, string | undefined>,
    json: values.json,
    color: process.stdout.isTTY && !process.env["NO_COLOR"],
    print: (text) => void process.stdout.write(`${text}\n`),
  });
  return good ? STATUS.good : STATUS.bad;
}

/**
 * Runs a program that looks at a deployed stack and changes nothing for good. Its exit status is 0 where
 * the stack is as it has to be, 1 where it is not, and 2 where nobody could tell.
 */
export async function runJudge(judge: Judge): Promise<void> {
  process.exitCode = await judged(judge).catch((error: unknown) => {
    process.stderr.write(`${judge.name}: ${said(error)}\n`);
    return STATUS.blind;
  });
}
