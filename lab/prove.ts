import { certificate } from "../operate/prove/certificate";
import type { Finding } from "../operate/prove/check";
import { findingsOf } from "../operate/prove/findings";
import { sessions } from "../operate/prove/sessions";
import { tokens } from "../operate/prove/tokens";
import type { Lab } from "./lab";
import { airGap } from "./proof/air-gap";
import { anywhere, type Check, type Deployment } from "./proof/check";
import { clients } from "./proof/clients";
import { images } from "./proof/images";
import { mounts } from "./proof/mounts";
import { names } from "./proof/names";
import type { LabStack } from "./stack";

const CHECKS: readonly Check[] = [
  airGap,
  mounts,
  names,
  anywhere(certificate),
  clients,
  images,
  anywhere(tokens),
  anywhere(sessions),
];

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
  return findingsOf(CHECKS, deployment, print);
}
