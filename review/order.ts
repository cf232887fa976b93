import type { ClusterChange } from "./cluster-change";
import type { NodeChange, Restarts } from "./node-change";

const names = (hosts: readonly NodeChange[]) => hosts.map(({ name }) => name).join(", ");

/** Which services a restart is of, in words; undefined for none. */
export function restartWords({ services, all, more }: Restarts): string | undefined {
  if (all) return "all services";
  const words = services.map((service) => `\`${service}\``);
  if (more) words.push("whatever reads the hidden value");
  return words.length > 0 ? words.join(", ") : undefined;
}

/** Nodes that are started, in their order: so many chains as may be away at a time. */
function turns(nodes: readonly NodeChange[], atATime: number): string {
  if (nodes.length < 2) return names(nodes);
  const pace = atATime === 1 ? "one at a time" : `at most ${atATime} at a time`;
  return `${nodes.map(({ name }) => name).join(" → ")}, ${pace}`;
}

/** What the turn of each of these nodes brings. */
function startWords(nodes: readonly NodeChange[]): string {
  const joining = nodes.filter(({ kind }) => kind === "joins");
  const serving = nodes.filter(({ kind }) => kind !== "joins");
  const restarting = serving.filter(({ restarts }) => restartWords(restarts) !== undefined);
  const others = serving.filter((node) => !restarting.includes(node));
  const kinds: [readonly NodeChange[], string][] = [
    [
      restarting,
      "record withdrawn, proxy drained, what changed restarted, health gate passed, record back",
    ],
    [others, "through the health gate; nothing is restarted, no record is withdrawn"],
    [joining, "Harbor started, health gate passed, record published"],
  ];
  const said = kinds.filter(([those]) => those.length > 0);
  if (said.length === 1) return said[0]![1];
  return said.map(([those, what]) => `${names(those)} – ${what}`).join("; ");
}

/** What happens, in its order, a line each; empty where no host is contacted. */
export function orderOf({ hosts, maxUnavailable, keypair, shared }: ClusterChange): string[] {
  const staying = hosts.filter(({ kind, client }) => kind !== "leaves" && !client);
  const having = (step: string) => staying.filter(({ steps }) => steps.has(step));
  const [looked, mounted, staged, started] = ["preflight", "mount", "stage", "start"].map(having);
  const clients = hosts.filter(({ kind, client }) => client && kind !== "leaves");
  const leaving = hosts.filter(({ kind }) => kind === "leaves");
  const lines: string[] = [];
  const say = (those: readonly NodeChange[], what: string) => {
    if (those.length > 0) lines.push(`${names(those)}: ${what}`);
  };
  say(looked!, "looked at first; all must pass before anything is changed");
  say(mounted!, "mount, packages and docker's settings, at the same time");
  for (const what of shared.filter((words) => /archive/.test(words))) lines.push(what);
  say(staged!, "files and images are laid beside what runs, at the same time");
  for (const what of shared.filter((words) => /schema|database/.test(words))) lines.push(what);
  if (keypair) {
    lines.push(
      "**all nodes together** switch to the other token keypair: some seconds without service, and tokens issued before are refused",
    );
  }
  if (started!.length > 0) {
    const done = keypair ? "whatever else changed, and the health gate" : startWords(started!);
    lines.push(`${turns(started!, maxUnavailable)}: ${done}`);
  }
  say(clients, "docker's settings for the registry");
  say(leaving, "taken out, after all others are done");
  return lines;
}
