/** Makes a pull request's comment of previews: `npm run preview:comment`; see docs/pipeline.md. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { GITHUB_LIMIT, LEAST_LIMIT, previewComment, type StackPreview } from "./comment";

const USAGE = `usage: npm run --silent preview:comment -- [STACK=FILE …] [--limit CHARACTERS] [--revision TEXT]

Prints, in Markdown, what a change would do to each stack. FILE is what \`pulumi preview --json\` printed
for that stack, or the engine's events; one that is missing or empty stands for a preview that could
not run, and one that can't be read takes nothing away from the others. Without a stack it says that none
is touched.

  --limit CHARACTERS   at most so long, from ${LEAST_LIMIT}; ${GITHUB_LIMIT} without it, as on GitHub
  --revision TEXT      what was previewed, such as a commit
`;

async function stackPreview(argument: string): Promise<StackPreview> {
  const [, stack, file] = /^([^=]+)=(.+)$/.exec(argument)!;
  try {
    return { stack: stack!, text: await readFile(file!, "utf8") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { stack: stack!, text: "" };
    return { stack: stack!, text: "", problem: `its file cannot be read: ${code ?? message}` };
  }
}

/** @throws Error with everything that is wrong with the command line. */
function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      limit: { type: "string" },
      revision: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const limit = Number(values.limit ?? GITHUB_LIMIT);
  const problems = [
    ...positionals
      .filter((argument) => !/^[^=]+=.+$/.test(argument))
      .map((argument) => `${argument}: must be STACK=FILE`),
    ...(Number.isInteger(limit) && limit >= LEAST_LIMIT
      ? []
      : [`--limit ${values.limit!}: must be a whole number from ${LEAST_LIMIT}`]),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const { revision, help } = values;
  return { positionals, help, limit, ...(revision !== undefined && { revision }) };
}

async function main(): Promise<void> {
  const { positionals, help, ...comment } = options();
  if (help) return void process.stdout.write(USAGE);
  process.stdout.write(previewComment(await Promise.all(positionals.map(stackPreview)), comment));
}

main().catch((error: unknown) => {
  const said = error instanceof Error ? error.message : String(error);
  process.stderr.write(`preview:comment: ${said}\n\n${USAGE}`);
  process.exitCode = 2;
});
