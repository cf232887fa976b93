import type { Problem } from "./errors";
import type { Given } from "./given";

/* What the design leaves out, and what somebody who asks for it is told. */

const NOTARY =
  "Notary is not supported in the high-availability design: the release's own `prepare` refuses it together with --ha; take the setting out";

const CLAIR =
  "Clair is not supported in the high-availability design: its vulnerability data lie in a bundled PostgreSQL on one node; take the setting out";

/** Why a setting or a key of harbor.cfg that asks for Notary or Clair is refused. */
export function refusal(name: string): string | undefined {
  if (/notary/i.test(name)) return NOTARY;
  return /clair/i.test(name) ? CLAIR : undefined;
}

function harborConfigRefusal(key: string): string | undefined {
  if (/^(https?|no)_proxy$/i.test(key)) {
    return "serves Clair alone, which is not supported in the high-availability design; the proxy for pulling images is the setting `proxy`";
  }
  return refusal(key);
}

/** Keys of harbor.cfg for what the design leaves out. */
export function harborConfigProblems({ harborConfig }: Given): Problem[] {
  if (typeof harborConfig !== "object") return [];
  return Object.keys(harborConfig ?? {}).flatMap((key) => {
    const message = harborConfigRefusal(key);
    return message === undefined ? [] : [{ setting: `harborConfig.${key}`, message }];
  });
}
