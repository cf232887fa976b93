import type { Lab } from "./lab";
import { airGap } from "./proof/air-gap";
import { certificate } from "./proof/certificate";
import type { Check, Deployment } from "./proof/check";
import { clients } from "./proof/clients";
import { images } from "./proof/images";
import { mounts } from "./proof/mounts";
import { names } from "./proof/names";
import { sessions } from "./proof/sessions";
import { tokens } from "./proof/tokens";
import type { LabStack } from "./stack";

const CHECKS: readonly Check[] = [
  airGap,
  mounts,
  names,
  certificate,
  clients,
  images,
  tokens,
  sessions,
];

/** What one check saw, or why it failed. */
export interface Finding {
  readonly check: string;
  readonly passed: boolean;
  readonly text: string;
}

/** What clients of the stack's deployment need to know. */
export async function deploymentOf(
  lab: Lab,
  { stack }: LabStack,
  airGapped: boolean,
): Promise<Deployment> {
  const outputs = await stack.outputs();
  const text = (name: string): string | undefined => {
    const value: unknown = outputs[name]?.value;
    return typeof value === "string" ? value : undefined;
  };
  const [url, adminPassword] = [text("url"), text("adminPassword")];
  if (url === undefined || adminPassword === undefined) {
    throw new Error("nothing is deployed yet: run `deploy` first");
  }
  const caCertificate = text("caCertificate");
  const authority = caCertificate === undefined ? {} : { caCertificate };
  return { lab, url: new URL(url), adminPassword, airGapped, ...authority };
}

/** Runs every check that the deployment has to pass, one failure hiding no other, and prints a line for each. */
export async function prove(
  deployment: Deployment,
  print: (line: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check.appliesTo?.(deployment) === false) continue;
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
