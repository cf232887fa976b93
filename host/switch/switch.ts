import { withSignsOfLife } from "../../signs-of-life";
import { reason } from "../request-program";
import { NoConnection, StepFailed } from "../ssh/step";
import { Participant } from "./participant";
import type { SwitchRequest } from "./request";

type Report = (line: string) => void;

interface Failed {
  readonly node: string;
  readonly error: unknown;
}

/** The participants for which a promise was rejected, once it is settled for all. */
async function failuresOf<T>(
  participants: readonly Participant[],
  promiseOf: (participant: Participant) => Promise<T>,
): Promise<Failed[]> {
  const results = await Promise.allSettled(participants.map(promiseOf));
  return results.flatMap((result, i) =>
    result.status === "rejected"
      ? [{ node: participants[i]!.node, error: result.reason as unknown }]
      : [],
  );
}

/** Settings that a login depends on. */
const SETTINGS = "(nodes[]: sshAddress, port, user, hostKey, bastion; ssh.privateKey)";

const names = (of: readonly { readonly node: string }[]) => of.map(({ node }) => node).join(", ");

/** Says which nodes were lost: they could not do so themselves. */
function reportLost(failed: readonly Failed[], report: Report): void {
  for (const { error } of failed) {
    if (error instanceof StepFailed && error.lost) report(error.message);
  }
}

/** Says what kept nodes from being ready. */
function notReady(failed: readonly Failed[], report: Report): Error {
  reportLost(failed, report);
  const unreached = failed.filter(({ error }) => error instanceof NoConnection);
  for (const { node, error } of unreached) report(`${node}: ${reason(error)} ${SETTINGS}`);
  const advice =
    unreached.length > 0
      ? `all nodes get another keypair together; bring ${names(unreached)} back, or take it out of the settings (nodes)`
      : "the lines above say why; correct that and run again";
  return new Error(
    `keypair: ${names(failed)} cannot switch, so nothing was changed on any node: ${advice}`,
  );
}

/** Seconds from the first proxy that was stopped to the last node that accepts tokens. */
function secondsWithoutService(participants: readonly Participant[]): string {
  const times = (word: "stopping" | "serving") => participants.map((one) => one.at(word) ?? NaN);
  const milliseconds = Math.max(...times("serving")) - Math.min(...times("stopping"));
  return (milliseconds / 1000).toFixed(1);
}

/**
 * Gives all nodes another keypair at the same time: every node prepares, and only when all are ready
 * does any stop. A node that runs nothing, or has the keypair already, has nothing to switch.
 *
 * @param report Takes each line about a node, and one that sums it up.
 * @throws Error with what was changed and what to do
 */
export async function switchTogether(request: SwitchRequest, report: Report): Promise<void> {
  const all = request.nodes.map((node) => new Participant(node, request.stdin, report));
  const switching: Participant[] = [];
  const unready = new Set(all);
  const unable = await withSignsOfLife(
    () => `keypair: waiting for ${names([...unready])} to be ready, nothing is changed yet`,
    report,
    () =>
      failuresOf(all, async (participant) => {
        const ready = await participant.ready.finally(() => unready.delete(participant));
        if (ready) switching.push(participant);
      }),
  );
  // One may have been lost while it waited for the last.
  unable.push(...(await failuresOf(switching, (participant) => participant.stillThere())));
  if (unable.length > 0) {
    all.forEach((participant) => participant.giveUp());
    await failuresOf(all, ({ end }) => end);
    throw notReady(unable, report);
  }
  switching.forEach((participant) => participant.go());
  const failed = await failuresOf(all, ({ end }) => end);
  if (failed.length > 0) {
    reportLost(failed, report);
    throw new Error(
      `keypair: ${names(failed)} failed after the switch had begun; the other nodes have the new ` +
        "keypair, and refuse tokens of a node with the old one. Correct what the lines above say " +
        "and run again: it goes on from there",
    );
  }
  const count = switching.length;
  if (count === 0) return report("keypair: no node runs with another one, nothing to switch");
  report(
    `keypair: ${count} ${count === 1 ? "node" : "nodes"} switched together; ` +
      `${secondsWithoutService(switching)} s without service (from the first proxy stopped to the ` +
      "last node that accepts tokens)",
  );
}
