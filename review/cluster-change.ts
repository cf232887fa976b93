import { type HiddenChange, otherCredentials } from "./hidden-change";
import {
  archiveWords,
  contactsHosts,
  keypairChanges,
  leavingHosts,
  switchRuns,
} from "./local-change";
import { madeAnew, madeWords } from "./made-change";
import { nodeChange, type NodeChange } from "./node-change";
import type { Preview } from "./preview";
import { changedFiles, changedParameters, stepChange, type StepChange } from "./step-change";
import { warningsOf } from "./warnings";

/** What a preview means for one stack. */
export interface ClusterChange {
  /** Where clients find the registry, by the last deployment or else by the settings. */
  readonly name: string | undefined;
  /** The release that runs now; undefined where nothing is deployed. */
  readonly release: string | undefined;
  /** Hosts in the order in which they have their turn; those that stay as they are do not count. */
  readonly hosts: readonly NodeChange[];
  /** Nodes that may be out of service at a time. */
  readonly maxUnavailable: number;
  /**
   * Whether all nodes switch to another token keypair together, and whether anything else is staged in
   * the same run, which they switch to as well.
   */
  readonly keypair: "none" | "alone" | "with more";
  /** Whether the nodes are asked which keypair they have, and switch if it is another one. */
  readonly asked: boolean;
  /** Whether any host is contacted. */
  readonly contacted: boolean;
  /** What happens once, for all nodes, in words. */
  readonly archive: readonly string[];
  readonly schema: readonly string[];
  readonly made: readonly string[];
  /** What can't be taken back, is left to a person or is not of this program's making, in words. */
  readonly warnings: readonly string[];
}

function structure(settings: Preview["settings"], name: string): unknown {
  try {
    return JSON.parse(settings[name] ?? "");
  } catch {
    return undefined;
  }
}

function namesIn(list: unknown): string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: { name?: unknown } | null) =>
    typeof entry?.name === "string" ? [entry.name] : [],
  );
}

/** What becomes of the schema. Its step moves to another node where the first one leaves. */
function schemaWords(changes: readonly StepChange[]): string[] {
  const schema = changes.find(({ step, op }) => step === "schema" && op !== "delete");
  const staged = changes.find(({ step, before }) => step === "stage" && before !== undefined);
  const [from, to] = [staged?.before, schema?.after].map((command) =>
    command?.parameters.get("RELEASE_VERSION"),
  );
  if (to === undefined) return [];
  if (from === undefined)
    return schema?.op === "create" ? ["the schema is loaded, if the database has no tables"] : [];
  if (from === to) return [];
  return [`the database is dumped to the mount before Harbor ${to} takes it over from ${from}`];
}

/** The steps on hosts, by the host. */
function byNode(changes: readonly StepChange[]): Map<string, StepChange[]> {
  const nodes = new Map<string, StepChange[]>();
  for (const change of changes) nodes.set(change.node, [...(nodes.get(change.node) ?? []), change]);
  return nodes;
}

/** What is known of another token keypair and of what changes beside it. */
function keypairOf(hosts: readonly NodeChange[], hidden: HiddenChange): ClusterChange["keypair"] {
  if (!hidden.keypair) return "none";
  const more = hosts.some(({ steps }) => {
    const stage = steps.get("stage");
    const seen = stage && [...changedFiles(stage), ...changedParameters(stage)];
    return (seen?.length ?? 0) > 0 || otherCredentials(steps);
  });
  return more || hidden.made.length > 0 ? "with more" : "alone";
}

/** The hosts on which something happens, in the order of the settings. */
function hostsOf(
  { steps, settings }: Preview,
  changes: readonly StepChange[],
  hidden: HiddenChange,
) {
  const leaving = leavingHosts(steps);
  const nodes = byNode(changes);
  const order = ["nodes", "clients"].flatMap((list) => namesIn(structure(settings, list)));
  // A host that leaves is in no list: it goes last.
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...new Set([...nodes.keys(), ...leaving.map(({ name }) => name)])]
    .map((name) =>
      nodeChange(
        name,
        nodes.get(name) ?? [],
        hidden,
        leaving.find((host) => host.name === name),
      ),
    )
    .sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));
}

/** What a preview means for the nodes. */
export function clusterChange(preview: Preview): ClusterChange {
  const { steps, settings, outputs } = preview;
  const changes = steps.flatMap((step) => stepChange(step) ?? []);
  const hidden = { keypair: keypairChanges(steps), made: madeAnew(steps) };
  const hosts = hostsOf(preview, changes, hidden);
  const keypair = keypairOf(hosts, hidden);
  const rollout = structure(settings, "rollout") as { maxUnavailable?: unknown } | undefined;
  const { url, release } = outputs;
  const name = typeof url === "string" ? url : settings["hostname"];
  return {
    name: name || undefined,
    release: typeof release === "string" ? release : undefined,
    hosts,
    maxUnavailable: Number(rollout?.maxUnavailable ?? 1),
    keypair,
    asked: keypair === "none" && switchRuns(steps),
    contacted: contactsHosts(steps),
    archive: archiveWords(steps),
    schema: schemaWords(changes),
    made: madeWords(steps, "create", "made"),
    warnings: warningsOf({ steps, changes, hosts, mixed: keypair === "with more" }),
  };
}
