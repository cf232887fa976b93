import type { Lab } from "./lab";
import type { Check, Deployment } from "./proof/check";
import { images } from "./proof/images";
import { mounts } from "./proof/mounts";
import { names } from "./proof/names";
import { sessions } from "./proof/sessions";
import { tokens } from "./proof/tokens";
import type { LabStack } from "./stack";
import { DOMAIN, HARBOR_PORT } from "./topology";

const CHECKS: readonly Check[] = [mounts, names, images, tokens, sessions];

/** What one check saw, or why it failed. */
export interface Finding {
  readonly check: string;
  readonly passed: boolean;
  readonly text: string;
}

/** What clients of the stack's deployment need to know. */
export async function deploymentOf(lab: Lab, { stack }: LabStack): Promise<Deployment> {
  const outputs = await stack.outputs();
  const password: unknown = outputs["adminPassword"]?.value;
  if (typeof password !== "string") throw new Error("nothing is deployed yet: run `deploy` first");
  return { lab, registry: `${DOMAIN}:${String(HARBOR_PORT)}`, adminPassword: password };
}

/** Runs every check, one failure hiding no other, and prints a line for each. */
export async function prove(
  deployment: Deployment,
  print: (line: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    const finding = await check.run(deployment).then(
      (text) => ({ check: check.name, passed: true, text }),
      (error: unknown) => ({
        check: check.name,
        passed: false,
        text: error instanceof Error ? error.message : String(error),
      }),
    );
    const mark = finding.passed ? "proved" : "FAILED";
    const [first, ...rest] = finding.text.trim().split("\n");
    print(`${mark}  ${check.name}: ${first ?? ""}`);
    for (const line of rest) print(`        ${line}`);
    findings.push(finding);
  }
  return findings;
}
