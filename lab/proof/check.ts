import type { Check as CheckOf, Registry } from "../../operate/prove/check";
import type { Lab } from "../lab";

/** What the proof works with. */
export interface Deployment extends Pick<Registry, "url" | "caCertificate"> {
  readonly lab: Lab;
  readonly adminPassword: string;
  readonly airGapped: boolean;
}

/** One thing that a deployment in the lab must do. */
export type Check = CheckOf<Deployment>;

/** The deployment as the checks of a deployed stack know it, wherever it is. */
export function registryOf({ lab, adminPassword, ...site }: Deployment): Registry {
  const { url, caCertificate } = site;
  return {
    url,
    nodes: lab.nodes,
    user: { name: "admin", password: adminPassword },
    ...(caCertificate !== undefined && { caCertificate }),
  };
}

/** A check that is the same for a deployed stack anywhere. */
export function anywhere(check: CheckOf): Check {
  return {
    ...check,
    appliesTo: (deployment) => check.appliesTo?.(registryOf(deployment)) ?? true,
    run: (deployment) => check.run(registryOf(deployment)),
  };
}
