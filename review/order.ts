import type { ClusterChange } from "./cluster-change";
import type { NodeChange } from "./node-change";
import { restartWords } from "./node-restarts";

const names = (hosts: readonly NodeChange[]) => hosts.map(({ name }) => name).join(", ");

/** Nodes that are started, in their order: so many chains as may be away at a time. */
function turns(nodes: readonly NodeChange[], atATime: number): string {
  if (nodes.length < 2) return names(nodes);
  const pace = atATime === 1 ? "one at a time" : `at most ${atATime} at a time`;
  return `${nodes.map(({ name }) => name).join(" → ")}, ${pace}`;
}

/** A restart on a node out of service; nobody takes away a record that is kept by hand, or waits for it. */
function awayWords(what: string, { record }: NodeChange): string {
  return record.byHand
    ? `proxy drained, ${what} restarted, health gate passed; the record stays unless somebody takes it away meanwhile`
    : `record withdrawn, proxy drained, ${what} restarted, health gate passed, record back`;
}

/** What the turn of a node brings. */
function turnWords(node: NodeChange, keypair: boolean): string {
  const { kind, restarts, record } = node;
  if (kind === "joins")
    return `Harbor started, health gate passed${record.byHand ? "" : ", record published"}`;
  if (restarts.docker) return awayWords("docker and all services", node);
  // The switch has started whatever else changed.
  if (keypair) return "through the health gate";
  if (restartWords(restarts) !== undefined) return awayWords("what changed", node);
  const still = "through the health gate; nothing is restarted";
  if (record.byHand) return still;
  return record.before === record.after
    ? `${still}, no record is withdrawn`
    : `${still}, the new record is published, then the earlier one withdrawn`;
}

/** What the turns of these nodes bring. */
function startWords(nodes: readonly NodeChange[], keypair: boolean): string {
  const said = new Map<string, NodeChange[]>();
  for (const node of nodes) {
    const words = turnWords(node, keypair);
    said.set(words, [...(said.get(words) ?? []), node]);
  }
  if (said.size === 1) return [...said.keys()][0]!;
  return [...said].map(([what, those]) => `${names(those)} – ${what}`).join("; ");
}

const SWITCH = {
  none: [],
  alone: ["**all nodes together** switch to the other token keypair"],
  "with more": [
    "**all nodes together** switch to the other token keypair and to everything else that was staged",
  ],
} as const;
const WITHOUT_SERVICE = "some seconds without service, and tokens issued before are refused";

/** What happens, in its order, a line each; empty where no host is contacted. */
export function orderOf(change: ClusterChange): string[] {
  const { hosts, maxUnavailable, keypair, asked, archive, schema } = change;
  const staying = hosts.filter(({ kind, client }) => kind !== "leaves" && !client);
  const having = (step: string) => staying.filter(({ steps }) => steps.has(step));
  const clients = hosts.filter(({ kind, client }) => client && kind !== "leaves");
  const leaving = hosts.filter(({ kind }) => kind === "leaves");
  const [staged, started] = ["stage", "start"].map(having) as [NodeChange[], NodeChange[]];
  const say = (those: readonly NodeChange[], what: string) =>
    those.length > 0 ? [`${names(those)}: ${what}`] : [];
  return [
    ...say(having("preflight"), "looked at first; all must pass before anything is changed"),
    ...say(having("mount"), "mount, packages and docker's settings, at the same time"),
    ...archive,
    ...say(staged, "files and images are laid beside what runs, at the same time"),
    ...schema,
    ...SWITCH[keypair].map((words) => `${words}: ${WITHOUT_SERVICE}`),
    // Whatever is staged is looked at for that; it is worth a line where nothing is.
    ...(asked && staged.length === 0
      ? [
          "all nodes are asked which token keypair they run with; those with another one switch together",
        ]
      : []),
    ...(started.length > 0
      ? [`${turns(started, maxUnavailable)}: ${startWords(started, keypair !== "none")}`]
      : []),
    ...say(clients, "docker's settings for the registry"),
    ...say(leaving, "taken out, after all others are done"),
  ];
}
