import { clusterChange, type ClusterChange } from "./cluster-change";
import { type FileDiff, fileDiffs } from "./file-diffs";
import { block, code, table } from "./markdown";
import type { NodeChange } from "./node-change";
import { orderOf, restartWords } from "./order";
import type { Diagnostic, Preview } from "./preview";

/** A stack as a comment tells of it. */
export interface StackSection {
  readonly stack: string;
  /** What happens, in one line. */
  readonly headline: string;
  /** The rest, in Markdown, without diffs; empty where the headline says all. */
  readonly text: string;
  readonly diffs: readonly FileDiff[];
}

/** Hosts of which the same is said, together. */
function rows(hosts: readonly NodeChange[]): string[][] {
  const found = new Map<string, string[]>();
  for (const { name, words: what, restarts, kind } of hosts) {
    const words = restartWords(restarts);
    const stops =
      kind === "leaves" ? "all stop, for good" : kind === "joins" && words ? "all start" : words;
    const key = JSON.stringify([what.join("; "), stops ?? "nothing"]);
    found.set(key, [...(found.get(key) ?? []), name]);
  }
  return [...found].map(([key, hosts]) => [hosts.join(", "), ...(JSON.parse(key) as string[])]);
}

function counted(hosts: readonly NodeChange[], verb: string): string[] {
  if (hosts.length === 0) return [];
  const [first] = hosts;
  if (hosts.length === 1) return [`${first!.name} ${verb}s`];
  return [`${hosts.length} ${hosts.some(({ client }) => client) ? "hosts" : "nodes"} ${verb}`];
}

/** What is restarted of what serves already, in words. */
function restartSummary({ hosts, keypair }: ClusterChange): string {
  const serving = hosts.filter(({ kind, client }) => kind === "changes" && !client);
  const restarting = serving.filter(({ restarts }) => restartWords(restarts) !== undefined);
  if (keypair) return "**all nodes are some seconds without service, together**";
  if (restarting.length === 0) return "nothing that serves is restarted";
  const services = [...new Set(restarting.map(({ restarts }) => restartWords(restarts)!))];
  const each = services.length === 1 ? services[0]! : "services";
  return `${each} restarted on ${restarting.map(({ name }) => name).join(", ")}, one node after another`;
}

function headlineOf(change: ClusterChange): string {
  const of = (kind: NodeChange["kind"]) => change.hosts.filter((host) => host.kind === kind);
  const parts = [
    ...counted(of("joins"), "join"),
    ...counted(of("leaves"), "leave"),
    ...counted(of("changes"), "change"),
  ];
  if (parts.length === 0) {
    const other = change.shared.length + change.warnings.length > 0;
    return other ? "no node changes, but see below" : "nothing changes; no host is contacted";
  }
  return `${parts.join(", ")}; ${change.release === undefined ? "a first deployment" : restartSummary(change)}`;
}

/** A few lines of what went wrong, as it was said. */
function said(diagnostics: readonly Diagnostic[], severity: string): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map(({ message }) => block(message.split("\n")));
}

function failed(stack: string, { diagnostics }: Preview): StackSection {
  const errors = said(diagnostics, "error");
  const text = errors.length > 0 ? errors.join("\n\n") : "It says no reason; the job's log may.";
  return {
    stack,
    headline: "**the preview failed**; nothing can be deployed",
    text,
    diffs: [],
  };
}

/** What a preview means, for a comment; without one, that there is none. */
export function stackSection(stack: string, preview: Preview | undefined): StackSection {
  if (preview === undefined) {
    const headline = "**the preview could not run**; the job's log says why";
    return { stack, headline, text: "", diffs: [] };
  }
  if (!preview.complete) return failed(stack, preview);
  const change = clusterChange(preview);
  const order = orderOf(change).map((line, i) => `${i + 1}. ${line}`);
  const made = change.shared.filter((words) => words.startsWith("made"));
  const warnings = said(preview.diagnostics, "warning");
  const { name, release, hosts } = change;
  const parts = [
    ...(hosts.length > 0 ? [table([["host", "what happens", "restarts"], ...rows(hosts)])] : []),
    ...(order.length > 0 ? [`In this order:\n\n${order.join("\n")}`] : []),
    ...made.map((words) => `Once, for all nodes: ${words}.`),
    ...change.warnings.map((words) => `⚠️ ${words}`),
    ...(warnings.length > 0 ? [`Warnings:\n\n${warnings.join("\n\n")}`] : []),
  ];
  const where = name === undefined ? "" : ` ${code(name)}${release ? `, Harbor ${release}` : ""}`;
  return {
    stack,
    headline: headlineOf(change),
    text: parts.length > 0 ? [`### ${stack}:${where}`, ...parts].join("\n\n") : "",
    diffs: fileDiffs(hosts),
  };
}
