import { changedFiles, changedParameters, type StepChange, type StepsOfHost } from "./step-change";

/*
 * A hidden value has no text in a preview. That one changes shows in a step's standard input, and which
 * one as far as steps with fewer of them change too.
 */

/** What is known of hidden values that change, for all nodes. */
export interface HiddenChange {
  /** Whether the token keypair becomes another one: all nodes switch together then. */
  readonly keypair: boolean;
  /** Resources that are made anew, with the names that stand for their values in the files. */
  readonly made: readonly MadeAnew[];
}

export interface MadeAnew {
  /** Such as `proxy-certificate`. */
  readonly resource: string;
  /** Such as `tlsCertificate`. */
  readonly value: string;
}

/** Whether a step reads other values or files, whatever else of it differs; unknown with another script. */
function otherInput(step: StepChange | undefined): boolean {
  return step?.op === "update" && step.hiddenChanged && !step.scriptChanged;
}

/** Whether a step reads other values or files although nothing that may be seen of it differs. */
export function onlyHidden(step: StepChange | undefined): boolean {
  if (step === undefined || !otherInput(step)) return false;
  return changedParameters(step).length === 0 && changedFiles(step).length === 0;
}

/** Whether the password of the database or of Redis changes: the preflight reads nothing else. */
export function otherCredentials(steps: StepsOfHost): boolean {
  return otherInput(steps.get("preflight"));
}

const differs = (step: StepChange | undefined, ...names: string[]) =>
  step !== undefined && changedParameters(step).some((name) => names.includes(name));

/**
 * Whether docker on a node gets other proxy settings: it is started anew then, and every service with it.
 * The mount and the start read them and the stage does not; but a stage that runs gives each start
 * something else to read, so that only hosts that are reached without the proxy can tell then.
 */
export function dockerProxyChange(steps: StepsOfHost): "yes" | "perhaps" | "no" {
  const mount = steps.get("mount");
  if (!mount?.before || !mount.after) return "no";
  const [before, after] = [mount.before, mount.after].map(
    ({ parameters }) => parameters.get("DOCKER_PROXY") === "true",
  );
  if (before !== after) return "yes";
  if (!after || !otherInput(mount)) return "no";
  if (!steps.has("stage")) return steps.get("start")?.hiddenChanged ? "yes" : "no";
  const direct = ["DOMAIN", "DATABASE_HOST", "REDIS_HOST", "MONITORS"];
  return differs(steps.get("preflight"), ...direct) ? "yes" : "perhaps";
}

/** What the mount reads, in words. */
export function mountWords(steps: StepsOfHost): string[] {
  const mount = steps.get("mount");
  const proxy = dockerProxyChange(steps);
  const docker = "other proxy settings of docker, with which it is started anew";
  if (proxy === "yes") return [docker];
  if (proxy === "perhaps") return [`another CephFS key, or ${docker}`];
  // Of the other files for the mount, these are what they are made from.
  const seen = differs(mount, "FSTAB_LINE") || differs(steps.get("preflight"), "MONITORS");
  return otherInput(mount) && !seen ? ["another CephFS key, used from the next mount on"] : [];
}

/** What else the schema and the start alone read, in words. */
export function ownValueWords(steps: StepsOfHost): string[] {
  const [schema, start] = [steps.get("schema"), steps.get("start")];
  if (otherCredentials(steps)) return [];
  const program = "another program to start Harbor with (`bin/harbor.sh`)";
  const manual = start?.after?.parameters.get("DNS_PROVIDER") === "manual";
  const startAlone = !steps.has("stage") && dockerProxyChange(steps) === "no" && otherInput(start);
  return [
    ...(otherInput(schema) ? ["another administrator's account of the database"] : []),
    ...(startAlone ? [manual ? program : `another TSIG key, or ${program}`] : []),
  ];
}
