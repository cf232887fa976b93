import { clusterChange, type ClusterChange } from "./cluster-change";
import { type FileDiff, fileDiffs } from "./file-diffs";
import { code, table } from "./markdown";
import type { NodeChange } from "./node-change";
import { restartWords } from "./node-restarts";
import { orderOf } from "./order";
import type { Preview } from "./preview";
import { said } from "./said";

/** A stack as a comment tells of it. */
export interface StackSection {
  readonly stack: string;
  /** What happens, in one line. */
  readonly headline: string;
  /** The rest, in Markdown, without diffs; empty where the headline says all. */
  readonly text: string;
  readonly diffs: readonly FileDiff[];
}

function stopWords({ kind, client, restarts }: NodeChange): string {
  const words = restartWords(restarts);
  if (kind === "leaves") return client ? "nothing" : "all stop, for good";
  return kind === "joins" && words ? "all start" : (words ?? "nothing");
}

/** Hosts of which the same is said, together. */
function rows(hosts: readonly NodeChange[]): string[][] {
  const found = new Map<string, string[]>();
  for (const host of hosts) {
    const key = JSON.stringify([host.words.join("; "), stopWords(host)]);
    found.set(key, [...(found.get(key) ?? []), host.name]);
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
  // Of the rest the switch is what restarts it.
  const inTurn = serving.filter(({ restarts }) => keypair === "none" || restarts.docker);
  const restarting = inTurn.filter(({ restarts }) => restartWords(restarts) !== undefined);
  const words: string[] = [];
  if (keypair !== "none") words.push("**all nodes are some seconds without service, together**");
  if (restarting.length > 0) {
    const services = [...new Set(restarting.map(({ restarts }) => restartWords(restarts)!))];
    const each = services.length === 1 ? services[0]! : "services";
    words.push(
      `${each} restarted on ${restarting.map(({ name }) => name).join(", ")}, one node after another`,
    );
  }
  return words.length > 0 ? words.join("; ") : "nothing that serves is restarted";
}

function headlineOf(change: ClusterChange): string {
  const of = (kind: NodeChange["kind"]) => change.hosts.filter((host) => host.kind === kind);
  const parts = [
    ...counted(of("joins"), "join"),
    ...counted(of("leaves"), "leave"),
    ...counted(of("changes"), "change"),
  ];
  if (parts.length === 0) {
    const other = change.contacted || change.made.length + change.warnings.length > 0;
    return other ? "no node changes, but see below" : "nothing changes; no host is contacted";
  }
  return `${parts.join(", ")}; ${change.release === undefined ? "a first deployment" : restartSummary(change)}`;
}

function failed(stack: string, { diagnostics }: Preview): StackSection {
  const errors = said(diagnostics, "error");
  const text = errors.length > 0 ? errors : ["It says no reason; the job's log may."];
  return {
    stack,
    headline: "**the preview failed**; nothing can be deployed",
    text: [`### ${stack}`, ...text].join("\n\n"),
    diffs: [],
  };
}

/** What a preview means, for a comment. */
export function stackSection(stack: string, preview: Preview): StackSection {
  if (!preview.complete) return failed(stack, preview);
  const change = clusterChange(preview);
  const order = orderOf(change).map((line, i) => `${i + 1}. ${line}`);
  const warnings = said(preview.diagnostics, "warning");
  const { name, release, hosts } = change;
  const parts = [
    ...(hosts.length > 0 ? [table([["host", "what happens", "restarts"], ...rows(hosts)])] : []),
    ...(order.length > 0 ? [`In this order:\n\n${order.join("\n")}`] : []),
    ...change.made.map((words) => `Once, for all nodes: ${words}.`),
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

/** A stack that has no preview: what it printed can't be read, or there is nothing. */
export function sectionWithout(stack: string, headline: string): StackSection {
  return { stack, headline, text: "", diffs: [] };
}
