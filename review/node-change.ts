import type { HiddenChange } from "./hidden-change";
import { NO_RESTARTS, type Restarts, restartsOf } from "./node-restarts";
import { clientWords, nodeWords } from "./node-words";
import { type RecordChange, recordChange } from "./record-change";
import type { StepChange, StepsOfHost } from "./step-change";

/** What becomes of one host. */
export interface NodeChange {
  readonly name: string;
  readonly kind: "joins" | "leaves" | "changes";
  /** Whether it is a host with docker that uses the registry, and no node. */
  readonly client: boolean;
  readonly steps: StepsOfHost;
  /** What happens on it, in words, in the order in which it happens. */
  readonly words: readonly string[];
  readonly restarts: Restarts;
  readonly record: RecordChange;
}

/** A host whose departure is deleted: all that is left of it is taken back. */
export interface Leaving {
  readonly name: string;
  readonly client: boolean;
}

function joinWords({ byHand }: RecordChange): string {
  const end = byHand ? "" : ", and its record is published";
  return `joins: mount, images and files, then Harbor starts${end}`;
}

/** Its steps go with the departure: after one that failed, the state has no start of it any more. */
function leaveWords(start: StepChange | undefined, { byHand }: RecordChange): string {
  const stays = "images and database stay";
  if (start === undefined)
    return `leaves: what there is of it (record, Harbor, files, mount) is taken away; ${stays}`;
  const harbor = `Harbor, its files and the mount are taken away; ${stays}`;
  return byHand ? `leaves: ${harbor}` : `leaves: its record is withdrawn, then ${harbor}`;
}

/** What becomes of a host, of the steps that would run on it. */
export function nodeChange(
  name: string,
  changes: readonly StepChange[],
  hidden: HiddenChange,
  leaving?: Leaving,
): NodeChange {
  const steps = new Map(changes.map((change) => [change.step, change]));
  const client = steps.has("client") || leaving?.client === true;
  const main = steps.get(client ? "client" : "start");
  const record = recordChange(steps.get("start"));
  const known = { name, client, steps, record };
  if (main?.op === "delete" || leaving !== undefined) {
    const words = client
      ? "is no client any more: what was set up is taken back"
      : leaveWords(main, record);
    return { ...known, kind: "leaves", words: [words], restarts: NO_RESTARTS };
  }
  if (main?.op === "create") {
    const words = client ? "docker is set up to use the registry" : joinWords(record);
    const restarts = client ? NO_RESTARTS : restartsOf(steps, hidden);
    return { ...known, kind: "joins", words: [words], restarts };
  }
  const words = client ? clientWords(steps) : nodeWords(steps, hidden);
  return { ...known, kind: "changes", words, restarts: restartsOf(steps, hidden) };
}
