import { needsSudo, nodeConnection } from "../../components/node-connection";
import type { Reach } from "../../components/verification";
import type { Settings } from "../../settings";
import { type Host, hostsOf } from "../hosts";

/** The node that loads the schema, as the settings say how it is reached. */
export function firstNode({ nodes, ssh }: Settings): Host {
  const node = nodes[0]!;
  // Without an engine there are no outputs in it but the key, which is put in anew.
  const connection = nodeConnection(node, ssh) as unknown as Reach;
  const { name, address } = node;
  const declared = { name, address, sudo: needsSudo(node, ssh), connection };
  return hostsOf({ nodes: [declared] }, ssh.privateKey)[0]!;
}
