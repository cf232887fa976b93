import type { Lab } from "../../lab/lab";
import type { Deployment } from "../../lab/proof/check";
import { deployedOver, labSucceeds, machines } from "./driver";
import { membershipCases } from "./membership";
import { powerCases } from "./power-cases";
import { restoreCases } from "./restore";
import { rollingChange } from "./rolling-change";
import { rotation } from "./rotation";
import { verifyCases } from "./verify-cases";

/*
 * One story, in order, of the days after the first: Harbor 1.1 over HTTP is changed while clients use
 * it, loses nodes and gets them back, is looked at, given another keypair, backed up, lost and restored.
 */

let described: Lab;
let deployed: Deployment | undefined;

// What follows the first deployment says nothing where that is not there.
const deployment = (): Deployment => {
  if (!deployed) throw new Error("the first deployment failed; this was not tried");
  return deployed;
};

beforeAll(async () => {
  described = await machines();
  await labSucceeds();
  deployed = await deployedOver(described);
});

// What stays is of use to nobody without this stack's secrets: the next deployment begins anew.
afterAll(() => labSucceeds("down", "--volumes"));

describe("a change goes from node to node", () => rollingChange(deployment));
describe("nodes that are off", () => powerCases(deployment));
describe("verify", () => verifyCases());
describe("nodes come and go", () => membershipCases(deployment));
describe("rotation", () => rotation(deployment));
describe("backup and restore", () => restoreCases(deployment));
