import { structuredPatch } from "diff";
import type { HostFile } from "../host/command";
import type { NodeChange } from "./node-change";
import { changedFiles, changedParameters, type StepChange } from "./step-change";

/** How one text differs, and on which hosts it does so in the same way. */
export interface FileDiff {
  readonly hosts: readonly string[];
  /** A file's path, or what else differs. */
  readonly title: string;
  /** The lines of a unified diff, without its head. */
  readonly lines: readonly string[];
}

const CONTEXT = 3;

function lineDiff(before: string, after: string): string[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: CONTEXT });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    // Of no lines the place is before the first.
    `@@ -${oldLines === 0 ? oldStart - 1 : oldStart},${oldLines} +${newLines === 0 ? newStart - 1 : newStart},${newLines} @@`,
    ...lines,
  ]);
}

const fileIn = (files: readonly HostFile[], path: string) =>
  files.find((file) => file.path === path);

function fileDiff(before: HostFile | undefined, after: HostFile | undefined): string[] {
  const mode = (file: HostFile | undefined) =>
    file && `mode ${file.mode.toString(8).padStart(4, "0")}`;
  const [from, to] = [mode(before), mode(after)];
  const changed = from !== undefined && to !== undefined && from !== to;
  return [
    ...(changed ? [`-${from}`, `+${to}`] : []),
    ...lineDiff(before?.content ?? "", after?.content ?? ""),
  ];
}

function parameterLines(step: StepChange): string[] {
  const line = (sign: string, name: string, value: string | undefined) =>
    value === undefined ? [] : [`${sign}${name}=${value}`];
  return changedParameters(step).flatMap((name) => [
    ...line("-", name, step.before!.parameters.get(name)),
    ...line("+", name, step.after!.parameters.get(name)),
  ]);
}

/** The files of a step that differ, with their diffs; a new host's are compared with `known`. */
function diffsOf(step: StepChange, known: readonly HostFile[]): [string, string[]][] {
  const { op, before, after } = step;
  if (op === "create" && after) {
    return after.shown
      .filter(({ path, content }) => fileIn(known, path)?.content !== content)
      .map((file) => [file.path, fileDiff(fileIn(known, file.path), file)]);
  }
  if (!before || !after) return [];
  return changedFiles(step).map((path) => [
    path,
    fileDiff(fileIn(before.shown, path), fileIn(after.shown, path)),
  ]);
}

/** Things of which hosts have the same, each once, with those hosts. */
function together<T>(all: readonly { readonly host: string; readonly what: T }[]) {
  const found = new Map<string, { hosts: string[]; what: T }>();
  for (const { host, what } of all) {
    const key = JSON.stringify(what);
    const { hosts } = found.get(key) ?? { hosts: [] };
    found.set(key, { hosts: [...hosts, host], what });
  }
  return [...found.values()];
}

/** What a person may see of the steps' parameters, all of it in one. */
function parametersDiff(hosts: readonly NodeChange[]): FileDiff[] {
  const all = hosts.flatMap((host) =>
    [...host.steps.values()].map((step) => ({
      host: host.name,
      what: { step: step.step, lines: parameterLines(step) },
    })),
  );
  const changed = all.filter(({ what }) => what.lines.length > 0);
  const lines = together(changed)
    .sort((a, b) => (a.what.step < b.what.step ? -1 : 1))
    .flatMap(({ hosts, what }) => [`@@ ${what.step}: ${hosts.join(", ")} @@`, ...what.lines]);
  const those = [...new Set(changed.map(({ host }) => host))];
  return lines.length > 0 ? [{ hosts: those, title: "parameters of the steps", lines }] : [];
}

/**
 * The diffs of all that may be seen on the hosts: files by their paths, one that is the same on several
 * hosts once, then parameters. The files of a node that joins are those that the others have, where
 * there are any.
 */
export function fileDiffs(hosts: readonly NodeChange[]): FileDiff[] {
  const staying = hosts.find(({ kind, steps }) => kind === "changes" && steps.has("stage"));
  const known = staying?.steps.get("stage")?.after?.shown ?? [];
  const all = hosts.flatMap((host) =>
    [...host.steps.values()].flatMap((step) =>
      diffsOf(step, known).map(([title, lines]) => ({ host: host.name, what: { title, lines } })),
    ),
  );
  const files = together(all)
    .map(({ hosts, what }) => ({ hosts, ...what }))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  return [...files, ...parametersDiff(hosts)];
}
