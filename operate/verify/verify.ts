import type { Stack } from "@pulumi/pulumi/automation";
import type { Verification } from "../../components/verification";
import { outputOf, settingOf } from "../stack";
import { CHECKS } from "./checks";
import { jsonOf } from "./json";
import { lookAround } from "./look";
import { reportOf } from "./report";
import { tableOf } from "./table";

export interface VerifyOptions {
  /** One JSON document in place of the table. @default false */
  readonly json?: boolean;
  /** Whether the table may have colours. @default false */
  readonly color?: boolean;
  /** Takes each line of the table, or the document. */
  readonly print: (text: string) => void;
}

/**
 * Looks at every node of a deployed stack, changes nothing, and prints how what is there compares to
 * what was declared. Returns whether all of it agrees.
 * @throws Error where it could not look: nothing is deployed, or the stack's secrets cannot be read.
 */
export async function verifyStack(
  stack: Stack,
  { json = false, color = false, print }: VerifyOptions,
): Promise<boolean> {
  const declared = await outputOf<Verification>(stack, "verification");
  if (declared === undefined) {
    throw new Error(
      `the stack ${stack.name} has no output \`verification\`: an earlier version of this program deployed it; run \`pulumi up\` first`,
    );
  }
  const privateKey = await settingOf(stack, "ssh.privateKey");
  if (privateKey === undefined) {
    throw new Error(
      `the settings of the stack ${stack.name} have no ssh.privateKey; use the file it was deployed with (Pulumi.${stack.name}.yaml)`,
    );
  }
  const look = await lookAround(declared, privateKey);
  const report = reportOf(look, CHECKS);
  if (json) print(jsonOf(report, look, stack.name));
  else tableOf(report, declared, color).forEach(print);
  return report.differences === 0;
}
