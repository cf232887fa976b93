import { setTimeout as sleep } from "node:timers/promises";
import { withSignsOfLife } from "../../signs-of-life";
import { reason } from "../request-program";
import { NoConnection, type StepRequest, runStep } from "../ssh/step";
import type { DepartureRequest, Expulsion } from "./request";

type Report = (line: string) => void;

/** Milliseconds between two tries: a host that boots refuses for a while. */
const PAUSE = 2000;

/** Settings that a login depends on. */
const SETTINGS = "(nodes[], clients[]: sshAddress, port, user, hostKey, bastion; ssh.privateKey)";

/**
 * Runs a step; undefined where the host does not answer at all.
 * @throws Error where it answers and the step was not done
 */
async function attempt(request: StepRequest, report: Report): Promise<string | undefined> {
  try {
    return await runStep(request, report);
  } catch (error) {
    if (!(error instanceof NoConnection)) throw error;
    if (error.silent) return undefined;
    throw new Error(`${error.node}: ${error.message} ${SETTINGS}`);
  }
}

/** Repeats what gives undefined for silence, for so many seconds; `who` is silent, as a line begins. */
async function patiently<T>(
  who: string,
  seconds: number,
  report: Report,
  work: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = Date.now() + seconds * 1000;
  const tries = async () => {
    for (;;) {
      const result = await work();
      if (result !== undefined || Date.now() + PAUSE > end) return result;
      await sleep(PAUSE);
    }
  };
  return withSignsOfLife(`${who}; trying for ${seconds} s`, report, tries);
}

/** Whether the steps were undone; undefined where the host is, or became, silent. */
async function undo(steps: readonly StepRequest[], report: Report): Promise<true | undefined> {
  for (const step of steps) {
    if ((await attempt(step, report)) === undefined) return undefined;
  }
  return true;
}

interface Expelled {
  readonly by: string;
  readonly outcome: string;
}

/**
 * Lets the first of the other nodes that can take the host out of what they share.
 * @returns undefined where none answers
 * @throws Error where some answer and none could do it; why was reported
 */
async function expel(
  node: string,
  { others, stdin }: Expulsion,
  report: Report,
): Promise<Expelled | undefined> {
  let refused = false;
  for (const other of others) {
    try {
      const printed = await attempt({ ...other, stdin }, report);
      if (printed !== undefined) return { by: other.node, outcome: printed.trim() };
    } catch (error) {
      report(reason(error));
      refused = true;
    }
  }
  if (refused) {
    throw new Error(
      `${node}: does not answer, and no other node could take it out; the lines above say why: ` +
        "correct that and run again",
    );
  }
  return undefined;
}

/**
 * Takes a host out of the cluster: what was done to it is undone. One that does not answer at all is
 * gone for good; then the other nodes take out what it shared with them, and a line says so.
 *
 * @param report Takes each line, which begins with a host's name.
 * @throws Error where the host answers but a step failed or the login was refused, and where the others
 *   answer but none of them could do its part: nothing is given up silently.
 */
export async function depart(request: DepartureRequest, report: Report): Promise<void> {
  const { node, expulsion, comeback, patience } = request;
  if (
    (await patiently(`${node}: waiting for its answer`, patience, report, () =>
      undo(request.undo, report),
    )) !== undefined
  )
    return;
  const gone = `${node}: does not answer; taken out without being cleaned`;
  if (expulsion === undefined) return report(`${gone}. ${comeback}`);
  // Nobody to wait for, where it was the only node.
  const others = expulsion.others.length === 0 ? 0 : patience;
  const expelled = await patiently(
    `${node}: waiting for another node to take it out`,
    others,
    report,
    () => expel(node, expulsion, report),
  );
  report(
    expelled === undefined
      ? `${gone}, and no other node answers. ${expulsion.byHand} ${comeback}`
      : `${gone}; ${expelled.outcome} (by ${expelled.by}). ${comeback}`,
  );
}
