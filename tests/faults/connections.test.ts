import type { Lab } from "../../lab/lab";
import { labSucceeds, machines, on, reboot } from "../lab/driver";
import { untilRecords } from "../lab/records";
import { converges } from "./converged";
import { type RunningDeployment, startDeployment } from "./deployment";

/*
 * What a deployment stands on goes away in the middle of a step: the node itself, or the connection to
 * it. The run fails, and the next one converges.
 */

let described: Lab;

beforeAll(async () => {
  described = await machines();
  await labSucceeds();
});

/** A deployment whose step on hub2 is under way: its record is withdrawn, its services are next. */
async function whileHub2Changes(workers: number): Promise<RunningDeployment> {
  const running = startDeployment(workers);
  await untilRecords(described, ["hub1", "hub3"], 300);
  return running;
}

test("a node is rebooted during its start", async () => {
  const running = await whileHub2Changes(31);
  await reboot("hub2");
  expect(await running.ended).not.toBe(0);
  await converges(31);
});

test("the SSH connection is cut during a step", async () => {
  const running = await whileHub2Changes(32);
  await on("hub2", "pkill -KILL -f '^sshd: ops'");
  expect(await running.ended).not.toBe(0);
  await converges(32);
});
