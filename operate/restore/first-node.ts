import { needsSudo, reachOf } from "../../components/node-connection";
import type { Settings } from "../../settings";
import { type Host, hostsOf } from "../hosts";

/** The node that loads the schema, as the settings say how it is reached. */
export function firstNode({ nodes, ssh }: Settings): Host {
  const node = nodes[0]!;
  const { name, address } = node;
  const declared = { name, address, sudo: needsSudo(node, ssh), connection: reachOf(node, ssh) };
  return hostsOf({ nodes: [declared] }, ssh.privateKey)[0]!;
}
