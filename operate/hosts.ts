import type { Verification } from "../components/verification";
import { commandText, type Parameters, standardInput } from "../host/command";
import type { Step } from "../host/script";
import type { Connection } from "../host/ssh/connection";

/** A node as this machine logs in to it. Holds the key. */
export interface Host {
  /** Its name. */
  readonly node: string;
  /** The IPv4 address that is its A record. */
  readonly address: string;
  readonly connection: Connection;
  /** Whether the login user has to become root by sudo. */
  readonly sudo: boolean;
}

/** A host that is there answers soon, and one that is not is a finding, not a reason to wait. */
const PATIENCE = { dialErrorLimit: 2, perDialTimeout: 10 };

/**
 * The nodes of a deployment.
 * @param privateKey the setting `ssh.privateKey`; the same one opens bastions
 */
export function hostsOf({ nodes }: Pick<Verification, "nodes">, privateKey: string): Host[] {
  const own = { ...PATIENCE, privateKey };
  return nodes.map(({ name, address, sudo, connection: { proxy, ...endpoint } }) => ({
    node: name,
    address,
    connection: { ...endpoint, ...own, ...(proxy && { proxy: { ...proxy, ...own } }) },
    sudo,
  }));
}

/** A step on a host, with all that it reads. */
export function stepOn(
  { node, connection, sudo }: Host,
  step: Step,
  parameters: Parameters,
  secrets: Readonly<Record<string, string>> = {},
) {
  const command = commandText({ step, node, sudo, parameters });
  return { node, connection, command, stdin: standardInput({ steps: [step], secrets }) };
}
