import { isProgram } from "./local-change";
import { madeWords } from "./made-change";
import type { NodeChange } from "./node-change";
import type { Step } from "./preview";
import { recordsByHand } from "./record-change";
import { opOf, stepChange, type StepChange } from "./step-change";

/** Where clients find the registry, by a start's command. */
function addressOf(start: StepChange, when: "before" | "after"): string | undefined {
  const parameters = start[when]?.parameters;
  const [protocol, domain, port] = ["PROTOCOL", "DOMAIN", "PORT"].map((n) => parameters?.get(n));
  return domain && `${protocol!}://${domain}:${port!}`;
}

/** What clients have to do, in words, by the start of a node that stays. */
function addressWords(changes: readonly StepChange[]): string[] {
  const stays = changes.find(({ step, before, after }) => step === "start" && before && after);
  const [from, to] = stays ? [addressOf(stays, "before"), addressOf(stays, "after")] : [];
  if (from === undefined || to === undefined || from === to) return [];
  return [`clients find the registry at \`${to}\`, no longer at \`${from}\``];
}

const KEYPAIR_ADVICE =
  "another token keypair goes to all nodes together, and whatever else is staged with it: change it in a run of its own, so that one node after another gets the rest";

/** What the program makes of itself: components, and the providers that the engine keeps. */
const OF_NO_INTEREST = /^(harbor-ha:index:|pulumi:providers:|random:|tls:)/;

function resourceWords(steps: readonly Step[]): string[] {
  const others = steps.filter(
    (step) =>
      opOf(step) !== undefined &&
      !OF_NO_INTEREST.test(step.type) &&
      stepChange(step) === undefined &&
      !isProgram(step),
  );
  return [
    ...madeWords(steps, "replace", "**made anew, and the earlier value is gone**"),
    ...madeWords(steps, "delete", "**deleted for good**"),
    ...others.map(({ op, name, type }) => `${op} of \`${name}\` (${type})`),
  ];
}

/** What can't be taken back, is left to a person or is not of this program's making, in words. */
export function warningsOf(of: {
  readonly steps: readonly Step[];
  readonly changes: readonly StepChange[];
  readonly hosts: readonly NodeChange[];
  /** Whether the token keypair changes together with something else. */
  readonly mixed: boolean;
}): string[] {
  return [
    ...addressWords(of.changes),
    ...(of.mixed ? [KEYPAIR_ADVICE] : []),
    ...recordsByHand(of.hosts),
    ...resourceWords(of.steps),
  ];
}
