/** Proves that a deployed registry works as its clients meet it; see docs/day-two.md. */
import { runJudge } from "../verdict";
import { proveStack } from "./prove";

const USAGE = `usage: npm run prove -- --stack NAME [--json] [--user NAME] [--password-file FILE] [--repository NAME]

Is a client of every node of a deployed stack, over HTTP(S) alone: the name, the certificate, an image
pushed through one node and pulled through the others, tokens and web sessions across nodes. The image
is deleted again.

  --stack NAME          the stack; \`pulumi stack ls\` names them
  --json                one JSON document in place of lines (npm run --silent prove -- …)
  --user NAME           who logs in (default: admin)
  --password-file FILE  a file with that user's password (default: the variable HARBOR_PASSWORD, or else
                        the administrator's first password, which the stack knows)
  --repository NAME     where the image is for a moment (default: library/harbor-ha-proof)

Exit status: 0 when all is proved, 1 when something failed, 2 when it could not be tried.
`;

void runJudge({
  name: "prove",
  usage: USAGE,
  options: ["user", "password-file", "repository"],
  judge: (stack, { options, json, print }) =>
    proveStack(stack, {
      ...(options["user"] !== undefined && { user: options["user"] }),
      ...(options["password-file"] !== undefined && { passwordFile: options["password-file"] }),
      ...(options["repository"] !== undefined && { repository: options["repository"] }),
      json,
      print,
    }),
});
