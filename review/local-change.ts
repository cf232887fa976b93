import type { Leaving } from "./node-change";
import type { State, Step } from "./preview";
import { opOf } from "./step-change";

/* What the programs do that the engine starts on its own machine: they reach hosts too. */

const LOCAL_COMMAND = "command:local:Command";
const KEYPAIR_SWITCH = "keypair-switch";

/** The first line of a local command, without its mark; empty for a text that has none. */
function headline(state: State | undefined): string {
  const text = state?.inputs["create"];
  return typeof text === "string" ? (/^# harbor-ha: (.+)$/m.exec(text)?.[1] ?? "") : "";
}

const runs = (step: Step) => /^(create|update|replace)$/.test(step.op);
const isLocal = ({ type }: Step) => type === LOCAL_COMMAND;
const isSwitch = (step: Step) => isLocal(step) && step.name === KEYPAIR_SWITCH;

/** Whether a resource is one of the program's own local commands. */
export function isProgram(step: Step): boolean {
  return isSwitch(step) || (isLocal(step) && headline(step.after ?? step.before) !== "");
}

/** The host that a departure is of; undefined for another resource. */
function departing(step: Step): string | undefined {
  if (!isLocal(step)) return undefined;
  return /^nothing, until (\S+) leaves$/.exec(headline(step.after ?? step.before))?.[1];
}

/**
 * Whether the nodes get another token keypair. The switch's command names the pair, and a name that is
 * not known yet is that of a pair that will be made.
 */
export function keypairChanges(steps: readonly Step[]): boolean {
  return steps.some(
    (step) => isSwitch(step) && step.op === "update" && step.changed.includes("create"),
  );
}

/** Whether the switch runs: it asks every node which keypair it has. */
export function switchRuns(steps: readonly Step[]): boolean {
  return steps.some((step) => isSwitch(step) && runs(step));
}

/** The hosts that leave. */
export function leavingHosts(steps: readonly Step[]): Leaving[] {
  return steps.flatMap((step) => {
    const name = step.op === "delete" ? departing(step) : undefined;
    const client = step.within.includes("harbor-ha:index:DockerClient");
    return name === undefined ? [] : [{ name, client }];
  });
}

/** Over which node an archive goes, and where it lies then. */
function copyIn(state: State | undefined): { over: string; target: string } | undefined {
  const [, over, target] = /^copy to ([^:]+):(.+)$/.exec(headline(state)) ?? [];
  return over && target ? { over, target } : undefined;
}

/** What becomes of the archive of images, in words. */
export function archiveWords(steps: readonly Step[]): string[] {
  const copies = steps.filter((step) => isLocal(step) && opOf(step) !== undefined);
  const before = copies.flatMap((step) => copyIn(step.before) ?? []);
  return copies.filter(runs).flatMap(({ after }) => {
    const copy = copyIn(after);
    if (copy === undefined) return [];
    // An archive's place is named by its sum: where one was copied to, the same one is.
    if (!before.some(({ target }) => target === copy.target))
      return ["the release's archive is copied to the shared mount, once"];
    return [
      `${copy.over}: whether the shared mount has the release's archive; if not, it is copied`,
    ];
  });
}

/** Whether any host is contacted. A departure is a program only when it is deleted, the others are not. */
export function contactsHosts(steps: readonly Step[]): boolean {
  return steps.some((step) => {
    if (!step.type.startsWith("command:") || opOf(step) === undefined) return false;
    if (!isProgram(step)) return true;
    return departing(step) === undefined ? runs(step) : !/^(create|update)$/.test(step.op);
  });
}
