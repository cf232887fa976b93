import { z } from "zod";
import type { Problem } from "./errors";
import { integer } from "./fields";
import { field, type Given } from "./given";

/* How a change goes through the nodes. */

export const rollout = z.strictObject({
  maxUnavailable: integer(1, 100, "a number of nodes")
    .default(1)
    .describe("Nodes that may be out of service at a time while a change goes from node to node"),
  drainTimeout: integer(1, 3600, "a time in seconds")
    .default(30)
    .describe("Seconds that a node's proxy is given to finish what clients have begun"),
});

/** A change must leave a node that serves, as long as there is more than one. */
export function rolloutProblems(given: Given): Problem[] {
  const most = field(given.rollout, "maxUnavailable");
  const nodes: unknown = given.nodes;
  if (typeof most !== "number" || !Array.isArray(nodes)) return [];
  if (nodes.length < 2 || most < nodes.length) return [];
  return [
    {
      setting: "rollout.maxUnavailable",
      message: `is ${most} of ${nodes.length} nodes, which would leave none that serves; at most ${nodes.length - 1}`,
    },
  ];
}
