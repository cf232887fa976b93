import { parseArgs } from "node:util";
import { openStack, said } from "../stack";
import { verifyStack } from "./verify";

const USAGE = `usage: npm run verify -- --stack NAME [--json]

Looks at every node of a deployed stack over SSH, changes nothing, and prints where what is there
differs from what was declared.

  --stack NAME   the stack; \`pulumi stack ls\` names them
  --json         one JSON document in place of the table (npm run --silent verify -- …)

Exit status: 0 when all agrees, 1 on a difference, 2 when it could not look.
`;

/** What it ends with: everything agrees, something differs, or nobody could look. */
const STATUS = { agrees: 0, differs: 1, blind: 2 } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stack: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return STATUS.agrees;
  }
  if (!values.stack) throw new Error(`--stack is missing\n\n${USAGE.trimEnd()}`);
  const agrees = await verifyStack(await openStack(values.stack), {
    json: values.json,
    color: process.stdout.isTTY && !process.env["NO_COLOR"],
    print: (text) => void process.stdout.write(`${text}\n`),
  });
  return agrees ? STATUS.agrees : STATUS.differs;
}

void main()
  .catch((error: unknown) => {
    process.stderr.write(`verify: ${said(error)}\n`);
    return STATUS.blind;
  })
  .then((status) => {
    process.exitCode = status;
  });
