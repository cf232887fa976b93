import { type Check, type Look, type NodeFinding, mostCommon, onEachNode } from "../check";

/** Which folder of which file system the mount point is, as every node on it sees it. */
const identities = ({ seen }: Look) => seen.map(({ facts }) => facts.one("mount")[1] ?? "");

/** Mounted, from CephFS, as fstab declares it, and the same file system on all nodes. */
export const mount: Check = {
  name: "mount",
  judge: onEachNode(["mount", "fstab", "mark"], ({ facts, name }, look) => {
    const { folders, fstabLine, cluster } = look.declared;
    const { mountPoint } = folders;
    const findings: NodeFinding[] = [];
    const [type, identity] = facts.one("mount");
    const [line] = facts.one("fstab");
    const [owner] = facts.one("mark");
    const shared = mostCommon(identities(look).filter(Boolean));
    const declared = `the CephFS at ${mountPoint}, shared by all nodes`;
    if (type === "none") {
      findings.push({
        mark: "not mounted",
        found: `nothing is mounted at ${mountPoint}`,
        declared,
        remedy: `on the node: mount ${mountPoint} && systemctl restart harbor`,
      });
    } else if (type !== undefined && !/^(ceph|fuse\.ceph.*)$/.test(type)) {
      findings.push({
        mark: "not CephFS",
        found: `a file system of type ${type} is mounted at ${mountPoint}`,
        declared,
        remedy: "on the node: stop Harbor, unmount it, and mount what /etc/fstab declares",
      });
    } else if (type !== undefined && !identity) {
      findings.push({
        mark: "hangs",
        found: `${mountPoint} is mounted, but cannot be read`,
        declared,
        remedy: "look at the monitors, the metadata servers and the node's network",
      });
    } else if (identity && identity !== shared) {
      findings.push({
        mark: "another",
        found: "the file system is not the one that most nodes have",
        declared,
        remedy:
          "compare the node's /etc/fstab and /etc/ceph with another node's; unmount and mount it again",
      });
    } else if (owner !== undefined && owner !== cluster) {
      findings.push({
        mark: "no mark",
        found: owner ? `the node's mark names ${owner}` : "the node has no mark",
        declared: `a mark of ${cluster} in .harbor-ha/nodes on ${mountPoint}`,
        remedy: owner
          ? "give each stack a cephfs.path of its own"
          : `pulumi up --replace '**::${name}-start'`,
      });
    }
    if (line !== undefined && line !== fstabLine) {
      findings.push({
        mark: "fstab",
        found: line ? `/etc/fstab has: ${line}` : `/etc/fstab has no line for ${mountPoint}`,
        declared: fstabLine,
        remedy:
          "write the declared line into /etc/fstab on the node, or the node comes up without it after a reboot",
      });
    }
    return findings;
  }),
};
