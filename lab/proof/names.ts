import { nodeExec } from "../lab";
import type { Check } from "./check";

/** The common name has an A record a node. */
export const names: Check = {
  name: "DNS round robin",
  async run({ lab, url: { hostname } }) {
    const wanted = lab.nodes.map((node) => node.address).sort();
    const { stdout } = await nodeExec("client", `getent ahostsv4 ${hostname} | awk '{print $1}'`, {
      mayFail: true,
    });
    const seen = [...new Set(stdout.split("\n").filter(Boolean))].sort();
    if (seen.join() !== wanted.join()) {
      throw new Error(
        `${hostname} has ${seen.join(", ") || "no address"}; wanted ${wanted.join(", ")}`,
      );
    }
    return `${hostname} has ${seen.join(", ")}`;
  },
};
