import type { Deployment } from "../../lab/proof/check";
import { NODE_NAMES } from "../../lab/topology";
import { proofPasses, say } from "./driver";
import { powerOff, powerOn } from "./power";
import { untilRecords } from "./records";

/** The time within which a dead node's record has to be gone, in seconds. */
const BOUND = 15;
/** Seconds that a host may take to boot. */
const BOOT = 240;

/** Nodes that are switched off leave the name, and come back to it, with nobody's help. */
export function powerCases(deployment: () => Deployment): void {
  const toAll = () => untilRecords(deployment().lab, NODE_NAMES, BOOT);

  test("a node that is off: its record is gone within 15 s, and back when it is", async () => {
    await powerOff("hub2");
    const gone = await untilRecords(deployment().lab, ["hub1", "hub3"], 60);
    say(`hub2 is off: its record was gone after ${gone.toFixed(1)} s`);
    expect(gone).toBeLessThanOrEqual(BOUND);
    await powerOn("hub2");
    say(`hub2 is switched on: its record was back after ${(await toAll()).toFixed(1)} s`);
    await proofPasses();
  });

  test("two of three are off: the name keeps the living one's record, and gets the others back", async () => {
    await powerOff("hub1", "hub3");
    const gone = await untilRecords(deployment().lab, ["hub2"], 60);
    say(`hub1 and hub3 are off: only hub2 had a record after ${gone.toFixed(1)} s`);
    await powerOn("hub1", "hub3");
    say(
      `hub1 and hub3 are switched on: their records were back after ${(await toAll()).toFixed(1)} s`,
    );
    await proofPasses();
  });
}
