import { nodeChange, type NodeChange } from "./node-change";
import type { Preview, Step } from "./preview";
import { opOf, stepChange, type StepChange } from "./step-change";

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
  /** Whether all nodes switch to another token keypair together. */
  readonly keypair: boolean;
  /** What happens once, for all nodes, in words. */
  readonly shared: readonly string[];
  /** What can't be taken back, or is not of this program's making, in words. */
  readonly warnings: readonly string[];
}

const LOCAL_COMMAND = "command:local:Command";
const KEYPAIR_SWITCH = "keypair-switch";

/** The first line of a local command, without its mark. */
function headline(step: Step): string {
  const { create } = (step.after ?? step.before)?.inputs ?? {};
  return typeof create === "string" ? (/^# harbor-ha: (.+)$/m.exec(create)?.[1] ?? "") : "";
}

/**
 * Whether the nodes get another token keypair. The switch's command names the pair, and a name that is
 * not known yet is that of a pair that will be made.
 */
function keypairChanges(steps: readonly Step[]): boolean {
  const { op, changed } = steps.find(({ name }) => name === KEYPAIR_SWITCH) ?? {};
  return op === "update" && changed!.includes("create");
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
  return list.flatMap(({ name }: { name?: unknown }) => (typeof name === "string" ? [name] : []));
}

/** The kinds of what the program makes and keeps; a person may know them by their names. */
const MADE = /^(random|tls):/;

function madeWords(steps: readonly Step[], ops: readonly string[], verb: string): string[] {
  const names = steps
    .filter(({ type, op }) => MADE.test(type) && ops.includes(op))
    .map(({ name }) => `\`${name}\``)
    // The engine makes them in any order.
    .sort();
  return names.length > 0 ? [`${verb}: ${names.join(", ")}`] : [];
}

function sharedWords(steps: readonly Step[], byStep: ReadonlyMap<string, StepChange>): string[] {
  const copied = steps.some(
    (step) =>
      step.type === LOCAL_COMMAND &&
      /^(create|update|replace)$/.test(step.op) &&
      headline(step).startsWith("copy to ") &&
      step.changed.includes("create") === (step.op === "update"),
  );
  const schema = byStep.get("schema");
  const [from, to] = [schema?.before, schema?.after].map((command) =>
    command?.parameters.get("RELEASE_VERSION"),
  );
  return [
    ...madeWords(steps, ["create"], "made"),
    ...(copied ? ["the release's archive is copied to the shared mount, once"] : []),
    ...(schema?.op === "create" ? ["the schema is loaded, if the database has no tables"] : []),
    ...(schema?.op === "update" && from !== to
      ? [`the database is dumped to the mount before Harbor ${to!} takes it over from ${from!}`]
      : []),
  ];
}

/** What the program makes of itself: components, and the providers that the engine keeps. */
const OF_NO_INTEREST = /^(harbor-ha:index:|pulumi:providers:|random:|tls:)/;

function warningsOf(steps: readonly Step[]): string[] {
  const others = steps.filter(
    (step) =>
      opOf(step) !== undefined &&
      !OF_NO_INTEREST.test(step.type) &&
      stepChange(step) === undefined &&
      !(step.type === LOCAL_COMMAND && (step.name === KEYPAIR_SWITCH || headline(step) !== "")),
  );
  return [
    ...madeWords(steps, ["replace"], "**made anew, and the earlier value is gone**"),
    ...madeWords(steps, ["delete"], "**deleted for good**"),
    ...others.map(({ op, name, type }) => `${op} of \`${name}\` (${type})`),
  ];
}

/** The steps on hosts, by the host. */
function byNode(changes: readonly StepChange[]): Map<string, StepChange[]> {
  const nodes = new Map<string, StepChange[]>();
  for (const change of changes) nodes.set(change.node, [...(nodes.get(change.node) ?? []), change]);
  return nodes;
}

/** Where clients find the registry, by a start's command. */
function addressOf(start: StepChange, when: "before" | "after"): string | undefined {
  const parameters = start[when]?.parameters;
  const [protocol, domain, port] = ["PROTOCOL", "DOMAIN", "PORT"].map((n) => parameters?.get(n));
  return domain && `${protocol!}://${domain}:${port!}`;
}

/** What clients have to do, in words. */
function addressWords(start: StepChange | undefined): string[] {
  const [from, to] = start ? [addressOf(start, "before"), addressOf(start, "after")] : [];
  if (from === undefined || to === undefined || from === to) return [];
  return [`clients find the registry at \`${to}\`, no longer at \`${from}\``];
}

/** What a preview means for the nodes. */
export function clusterChange({ steps, settings, outputs }: Preview): ClusterChange {
  const changes = steps.flatMap((step) => stepChange(step) ?? []);
  const keypair = keypairChanges(steps);
  const byStep = new Map(changes.map((change) => [change.step, change]));
  const order = [
    ...namesIn(structure(settings, "nodes")),
    ...namesIn(structure(settings, "clients")),
  ];
  // A host that leaves is in no list: it goes last.
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const hosts = [...byNode(changes)]
    .map(([name, own]) => nodeChange(name, own, { keypair }))
    .sort((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1));
  const rollout = structure(settings, "rollout") as { maxUnavailable?: unknown } | undefined;
  const { url, release } = outputs;
  const name = typeof url === "string" ? url : settings["hostname"];
  return {
    name: name || undefined,
    release: typeof release === "string" ? release : undefined,
    hosts,
    maxUnavailable: Number(rollout?.maxUnavailable ?? 1),
    keypair,
    shared: sharedWords(steps, byStep),
    warnings: [...addressWords(byStep.get("start")), ...warningsOf(steps)],
  };
}
