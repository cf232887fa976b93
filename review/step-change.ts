import { readCommand, type ReadCommand } from "../host/read-command";
import type { State, Step } from "./preview";

/** A step on a host that would run, or would be taken back. */
export interface StepChange {
  readonly node: string;
  /** The step, such as `stage`. */
  readonly step: string;
  /** `create`, `update`, `replace` or `delete`. */
  readonly op: string;
  readonly before?: ReadCommand;
  readonly after?: ReadCommand;
  /** Whether its script differs, or the one that takes it back: it reads both. */
  readonly scriptChanged: boolean;
  /** Whether what it reads differs, of which nobody may see anything. */
  readonly hiddenChanged: boolean;
  /** Whether how the host is reached differs. */
  readonly connectionChanged: boolean;
}

/** The steps on one host, by their names. */
export type StepsOfHost = ReadonlyMap<string, StepChange>;

const HOST_COMMAND = "command:remote:Command";

/** Parts of a replacement, which has a step `replace` beside them, and what changes nothing. */
const PASSED_OVER = [
  ...["same", "create-replacement", "delete-replaced", "remove-pending-replace"],
  ...["read", "read-replacement", "read-discard", "refresh"],
];

/** What is done with a resource, in one word; undefined where nothing is. */
export function opOf({ op }: Step): string | undefined {
  return PASSED_OVER.includes(op) ? undefined : op;
}

function commandOf(state: State | undefined, input: "create" | "delete"): ReadCommand | undefined {
  const text = state?.inputs[input];
  return typeof text === "string" ? readCommand(text) : undefined;
}

/** The step on a host that a resource is; undefined for one that is none. */
export function stepChange(resource: Step): StepChange | undefined {
  const op = opOf(resource);
  if (resource.type !== HOST_COMMAND || op === undefined) return undefined;
  const states = [resource.before, resource.after];
  const [before, after] = states.map((state) => commandOf(state, "create"));
  const [undoBefore, undoAfter] = states.map((state) => commandOf(state, "delete"));
  const known = after ?? before;
  if (known === undefined) return undefined;
  return {
    node: known.node,
    step: known.step,
    op,
    ...(before && { before }),
    ...(after && { after }),
    scriptChanged:
      before !== undefined &&
      after !== undefined &&
      (before.script !== after.script || undoBefore?.script !== undoAfter?.script),
    hiddenChanged: resource.changed.includes("stdin"),
    connectionChanged: resource.changed.includes("connection"),
  };
}

/** The names of a step's parameters that differ, sorted; of a step that is new, none. */
export function changedParameters({ before, after }: StepChange): string[] {
  if (!before || !after) return [];
  const names = new Set([...before.parameters.keys(), ...after.parameters.keys()]);
  return [...names]
    .filter((name) => before.parameters.get(name) !== after.parameters.get(name))
    .sort();
}

/** The paths of the files that differ, sorted; of a step that is new, none. */
export function changedFiles({ before, after }: StepChange): string[] {
  if (!before || !after) return [];
  const text = (of: ReadCommand, path: string) => {
    const file = of.shown.find((shown) => shown.path === path);
    return file && `${file.mode} ${file.content}`;
  };
  const paths = new Set([...before.shown, ...after.shown].map(({ path }) => path));
  return [...paths].filter((path) => text(before, path) !== text(after, path)).sort();
}
