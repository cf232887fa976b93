import type { MadeAnew } from "./hidden-change";
import type { Step } from "./preview";

/** What stands in the release's files for what the engine keeps. */
const VALUE_OF: Readonly<Record<string, string>> = {
  "admin-password": "adminPassword",
  "jobservice-secret": "jobserviceSecret",
  "proxy-certificate": "tlsCertificate",
  "proxy-key": "tlsKey",
  "reload-key": "reloadKey",
  "ui-secret": "uiSecret",
};

/** The kinds of what the program makes and keeps; a person may know them by their names. */
const MADE = /^(random|tls):/;

function madeNames(steps: readonly Step[], of: string): string[] {
  const names = steps
    .filter(({ type, op }) => MADE.test(type) && op === of)
    .map(({ name }) => name);
  // The engine makes them in any order.
  return names.sort();
}

/** What is done with those, in words; nothing where it is done with none. */
export function madeWords(steps: readonly Step[], op: string, verb: string): string[] {
  const names = madeNames(steps, op).map((name) => `\`${name}\``);
  return names.length > 0 ? [`${verb}: ${names.join(", ")}`] : [];
}

/** Those that are made anew and stand in the release's files; of the token keypair the switch tells. */
export function madeAnew(steps: readonly Step[]): MadeAnew[] {
  return madeNames(steps, "replace").flatMap((resource) => {
    const value = VALUE_OF[resource];
    return value === undefined ? [] : [{ resource, value }];
  });
}
