/** Says whether what runs agrees with what was declared; see docs/day-two.md. */
import { runJudge } from "../verdict";
import { verifyStack } from "./verify";

const USAGE = `usage: npm run verify -- --stack NAME [--json]

Looks at every node of a deployed stack over SSH, changes nothing, and prints where what is there
differs from what was declared.

  --stack NAME   the stack; \`pulumi stack ls\` names them
  --json         one JSON document in place of the table (npm run --silent verify -- …)

Exit status: 0 when all agrees, 1 on a difference, 2 when it could not look.
`;

void runJudge({
  name: "verify",
  usage: USAGE,
  judge: (stack, { json, color, print }) => verifyStack(stack, { json, color, print }),
});
