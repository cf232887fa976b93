/** Writes the file of a new stack; see docs/environments.md. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline/promises";
import { otherStacks, projectIn } from "../../settings/stack-files";
import type { Asking } from "./answers";
import { readFlags, usage } from "./flags";
import { newStack } from "./new-stack";
import { type Complaint, Refusal } from "./refusal";
import { remaining } from "./remaining";

const PROJECT_DIR = path.resolve(__dirname, "../..");

/** A person at a terminal, where there is one. */
function terminal(): (Asking & { close(): void }) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // The end of the input, or Ctrl+C.
  lines.once("close", () => {
    process.stderr.write("\nnew-stack: ended; nothing was written\n");
    process.exit(1);
  });
  return {
    ask: async (question) => (await lines.question(question)).trim(),
    say: (line) => void process.stderr.write(`${line}\n`),
    close: () => {
      lines.removeAllListeners("close");
      lines.close();
    },
  };
}

async function main(): Promise<void> {
  const complaints: Complaint[] = [];
  const { help, given: flags } = readFlags(process.argv.slice(2), complaints);
  if (help) return void process.stdout.write(usage());
  const folder = path.resolve(flags.get("folder")?.[0] ?? PROJECT_DIR);
  const named = projectIn(folder);
  if (named === undefined) {
    const message = "has no Pulumi.yaml with a project's name; name the folder that has one";
    complaints.push({ where: `--folder ${folder}`, message });
  }
  // A stand-in for the other complaints, beside that one.
  const project = named ?? "harbor-ha";
  // No stack is left out: the new one is none of them.
  const stacks = otherStacks(folder, project, "");
  const asking = terminal();
  try {
    const made = await newStack({ flags, complaints, project, stacks, asking });
    const file = `Pulumi.${made.stack}.yaml`;
    writeFileSync(path.join(folder, file), made.text, { flag: "wx" });
    process.stdout.write(remaining(made, project, file));
  } finally {
    asking?.close();
  }
}

main().catch((error: unknown) => {
  const said = error instanceof Refusal ? error.message : String(error);
  process.stderr.write(`new-stack: ${said}\n`);
  process.exitCode = 1;
});
