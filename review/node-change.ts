import { restarted, restartedBy } from "./restarts";
import { changedFiles, changedParameters, type StepChange } from "./step-change";

/** What becomes of one host. */
export interface NodeChange {
  readonly name: string;
  readonly kind: "joins" | "leaves" | "changes";
  /** Whether it is a host with docker that uses the registry, and no node. */
  readonly client: boolean;
  readonly steps: ReadonlyMap<string, StepChange>;
  /** What happens on it, in words, in the order in which it happens. */
  readonly words: readonly string[];
  readonly restarts: Restarts;
}

/** Which services are started anew: these, all of those that read what may not be seen, or none. */
export interface Restarts {
  readonly services: readonly string[];
  /** Whether that is every service that the node has. */
  readonly all: boolean;
  /** Whether more may be: a hidden value changes, and a preview does not say which. */
  readonly more: boolean;
}

const NOTHING: Restarts = { services: [], all: false, more: false };

/** What is known of the hidden values that change. */
export interface HiddenChange {
  /** Whether the token keypair becomes another one: all nodes switch together then. */
  readonly keypair: boolean;
}

/** The services of a release, as its start names them. */
function allServices(steps: ReadonlyMap<string, StepChange>): string[] {
  return steps.get("start")?.after?.parameters.get("SERVICES")?.split(" ").sort() ?? [];
}

/** The values that only the preflight and the stage have in common. */
const CREDENTIALS = ["databasePassword", "redisPassword"];
const KEYPAIR = ["tokenKey", "tokenCertificate"];

/** Whether a step reads something else although nothing that may be seen of it differs. */
function onlyHidden(step: StepChange | undefined): boolean {
  if (step?.op !== "update" || !step.hiddenChanged) return false;
  return (
    step.before?.script === step.after?.script &&
    changedParameters(step).length === 0 &&
    changedFiles(step).length === 0
  );
}

/**
 * Whether a step that reads nothing but its script and its secrets reads other secrets, whatever else of
 * it differs: of the preflight the database's and Redis's password.
 */
function otherSecrets(step: StepChange | undefined): boolean {
  return step?.op === "update" && step.hiddenChanged && step.before?.script === step.after?.script;
}

function restartsOf(steps: ReadonlyMap<string, StepChange>, hidden: HiddenChange): Restarts {
  const [stage, start] = [steps.get("stage"), steps.get("start")];
  if ([stage, start].some((step) => step?.op === "create" || step?.op === "replace")) {
    return { services: allServices(steps), all: true, more: false };
  }
  const { before, after } = stage ?? {};
  if (!before || !after) return NOTHING;
  const credentials = otherSecrets(steps.get("preflight"));
  const services = new Set([
    ...restarted(before.shown, after.shown),
    ...(hidden.keypair ? restartedBy(KEYPAIR, after.shown) : []),
    ...(credentials ? restartedBy(CREDENTIALS, after.shown) : []),
  ]);
  const every = allServices(steps);
  return {
    services: [...services].sort(),
    all: every.length > 0 && every.every((service) => services.has(service)),
    more: onlyHidden(stage) && !hidden.keypair && !credentials,
  };
}

/** The nodes that a list of peers has and another lacks. */
function without(all: string | undefined, others: string | undefined): string[] {
  const names = (list = "") => list.split(" ").map((peer) => peer.split("=")[0]!);
  return names(all).filter((name) => name !== "" && !names(others).includes(name));
}

const counted = (paths: readonly string[]) =>
  paths.length === 1 ? `\`${paths[0]!}\` changes` : `${paths.length} files change`;

/** What is said in words of a parameter elsewhere, or is of no interest to a person. */
const SAID = [
  ...["PEERS", "RELEASE_VERSION", "PROTOCOL", "DOMAIN", "PORT"],
  ...["IMAGES", "SCHEMA_IMAGE", "ARCHIVE_PATH", "ARCHIVE_SHA256", "ARCHIVE_MEMBER"],
];

/** What happens on a node that stays. */
function wordsOf(steps: ReadonlyMap<string, StepChange>, hidden: HiddenChange): string[] {
  const words: string[] = [];
  const all = [...steps.values()];
  const stage = steps.get("stage");
  const parameter = (step: StepChange | undefined, when: "before" | "after", name: string) =>
    step?.[when]?.parameters.get(name);
  const version = (when: "before" | "after") => parameter(stage, when, "RELEASE_VERSION");
  const [from, to] = [version("before"), version("after")];
  if (from !== undefined && to !== undefined && from !== to) words.push(`Harbor ${from} → ${to}`);
  const peers = (when: "before" | "after") => parameter(stage, when, "PEERS");
  const joined = without(peers("after"), peers("before"));
  const left = without(peers("before"), peers("after"));
  if (joined.length > 0)
    words.push(`${joined.join(", ")} ${joined.length === 1 ? "becomes a peer" : "become peers"}`);
  if (left.length > 0)
    words.push(`${left.join(", ")} ${left.length === 1 ? "is a peer" : "are peers"} no longer`);
  const files = stage ? changedFiles(stage) : [];
  if (files.length > 0) words.push(counted(files));
  if (hidden.keypair && stage) words.push("another token keypair");
  if (otherSecrets(steps.get("preflight"))) {
    words.push("another password of the database or of Redis");
  } else if (onlyHidden(stage) && !hidden.keypair) {
    words.push("a hidden value in the release's files changes");
  }
  if (onlyHidden(steps.get("mount"))) {
    words.push(
      "another CephFS key, or other proxy settings of docker, with which docker is started anew",
    );
  }
  const others = all.flatMap((step) =>
    changedParameters(step)
      .filter((name) => !SAID.includes(name))
      .map((name) => `\`${name}\` of ${step.step}`),
  );
  if (others.length > 0) words.push(`${[...new Set(others)].join(", ")}`);
  const scripts = all.filter(
    ({ before, after }) => before && after && before.script !== after.script,
  );
  if (scripts.length > 0) {
    words.push(`the program's own steps change (${scripts.map(({ step }) => step).join(", ")})`);
  }
  if (all.some(({ connectionChanged }) => connectionChanged))
    words.push("is reached in another way");
  const anew = all.filter(({ op }) => op === "replace").map(({ step }) => step);
  if (anew.length > 0) words.push(`taken back and made anew: ${anew.join(", ")}`);
  const fresh = all.filter(({ op }) => op === "create").map(({ step }) => step);
  if (fresh.length > 0) words.push(`new: ${fresh.join(", ")}`);
  if (words.length === 0 && all.length > 0) words.push("looked at again, nothing changes");
  return words;
}

const JOINS = "joins: mount, images and files, then Harbor starts, and its record is published";
const LEAVES =
  "leaves: its record is withdrawn, then Harbor, its files and the mount are taken away; images and database stay";

/** What becomes of a host, of the steps that would run on it. */
export function nodeChange(
  name: string,
  changes: readonly StepChange[],
  hidden: HiddenChange,
): NodeChange {
  const steps = new Map(changes.map((change) => [change.step, change]));
  const client = steps.has("client");
  const main = steps.get(client ? "client" : "start");
  if (main?.op === "delete") {
    const words = [client ? "is no client any more: what was set up is taken back" : LEAVES];
    return { name, kind: "leaves", client, steps, words, restarts: NOTHING };
  }
  if (main?.op === "create") {
    const words = [client ? "docker is set up to use the registry" : JOINS];
    const restarts = client ? NOTHING : restartsOf(steps, hidden);
    return { name, kind: "joins", client, steps, words, restarts };
  }
  const words = client ? ["docker's settings for the registry change"] : wordsOf(steps, hidden);
  return { name, kind: "changes", client, steps, words, restarts: restartsOf(steps, hidden) };
}
