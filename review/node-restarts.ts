import {
  type HiddenChange,
  dockerProxyChange,
  onlyHidden,
  otherCredentials,
} from "./hidden-change";
import { restarted, restartedBy } from "./restarts";
import type { StepsOfHost } from "./step-change";

/** What of a node is started anew. */
export interface Restarts {
  readonly services: readonly string[];
  /** Whether that is every service that the node has. */
  readonly all: boolean;
  /** Whether docker is, and every service with it. */
  readonly docker: boolean;
  /** What may be besides, of which a preview does not say whether it is, in words. */
  readonly more: readonly string[];
}

export const NO_RESTARTS: Restarts = { services: [], all: false, docker: false, more: [] };

const CREDENTIALS = ["databasePassword", "redisPassword"];
const KEYPAIR = ["tokenKey", "tokenCertificate"];

/** The services of a release, as its start names them. */
function allServices(steps: StepsOfHost): string[] {
  return steps.get("start")?.after?.parameters.get("SERVICES")?.split(" ").sort() ?? [];
}

/** What of a node is started anew when these steps run on it. */
export function restartsOf(steps: StepsOfHost, hidden: HiddenChange): Restarts {
  const [stage, start] = [steps.get("stage"), steps.get("start")];
  if ([stage, start].some((step) => step?.op === "create" || step?.op === "replace")) {
    return { ...NO_RESTARTS, services: allServices(steps), all: true };
  }
  const docker = dockerProxyChange(steps);
  if (docker === "yes") {
    return { ...NO_RESTARTS, services: allServices(steps), all: true, docker: true };
  }
  const { before, after } = stage ?? {};
  if (!before || !after) return NO_RESTARTS;
  const known = [
    ...(hidden.keypair ? KEYPAIR : []),
    ...(otherCredentials(steps) ? CREDENTIALS : []),
    ...hidden.made.map(({ value }) => value),
  ];
  const services = new Set([
    ...restarted(before.shown, after.shown),
    ...restartedBy(known, after.shown),
  ]);
  const every = allServices(steps);
  return {
    services: [...services].sort(),
    all: every.length > 0 && every.every((service) => services.has(service)),
    docker: false,
    more: [
      ...(onlyHidden(stage) && known.length === 0 ? ["whatever reads the hidden value"] : []),
      ...(docker === "perhaps" ? ["all, if docker's proxy settings change"] : []),
    ],
  };
}

/** What is started anew, in words; undefined for nothing. */
export function restartWords({ services, all, docker, more }: Restarts): string | undefined {
  if (docker) return "docker and all services";
  if (all) return "all services";
  const words = [...services.map((service) => `\`${service}\``), ...more];
  return words.length > 0 ? words.join(", ") : undefined;
}
