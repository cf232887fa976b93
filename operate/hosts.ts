import type { Verification } from "../components/verification";
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
