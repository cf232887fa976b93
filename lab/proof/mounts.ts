import { onEach } from "../../operate/prove/check";
import { nodeExec } from "../lab";
import type { Check } from "./check";

/** Every node has the file system mounted, and its registry writes to it. */
export const mounts: Check = {
  name: "shared file system",
  async run({ lab }) {
    await onEach(lab.nodes, async ({ name }) => {
      const seen = await nodeExec(
        name,
        `mountpoint -q /mnt/cephfs || { echo "/mnt/cephfs is not mounted"; exit 1; }
         docker exec registry sh -c 'while read -r _ target type _; do
           [ "$target" != /storage ] || echo "$type"; done </proc/mounts' | grep -q ceph ||
           { echo "the registry does not write to the shared file system"; exit 1; }`,
        { mayFail: true },
      );
      if (seen.code !== 0) throw new Error(seen.stdout || seen.stderr);
    });
    return `mounted on ${String(lab.nodes.length)} nodes, and the registries write to it`;
  },
};
