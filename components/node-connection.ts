import * as pulumi from "@pulumi/pulumi";
import type { Connection, Endpoint } from "../host/ssh/connection";

/** A host that becomes a node, and how it is reached. */
export interface NodeArgs {
  /** Short name, unique in the cluster. It begins each line of output and names the resources. */
  readonly name: string;
  /** The IPv4 address that clients and the other nodes use; it becomes an A record. */
  readonly address: string;
  /** Where SSH reaches the node. @default `address` */
  readonly sshAddress?: string;
  /** Login user; one that is not root needs `sudo` without a password. @default `ssh.user` */
  readonly user?: string;
  /** SSH port. @default `ssh.port` */
  readonly port?: number;
  /** Public host key, `ssh-ed25519 AAAA…`. Without it any key is accepted. */
  readonly hostKey?: string;
  /** A host that the connection goes through. @default none */
  readonly bastion?: BastionArgs;
}

/** A host that connections to a node go through. */
export interface BastionArgs {
  readonly address: string;
  /** @default `ssh.user` */
  readonly user?: string;
  /** @default `ssh.port` */
  readonly port?: number;
  /** Public host key; without it any key is accepted. */
  readonly hostKey?: string;
}

/** What holds for the SSH connections to all nodes. */
export interface SshArgs {
  readonly user: string;
  readonly port: number;
  /** Private key in PEM or OpenSSH format. */
  readonly privateKey: pulumi.Input<string>;
  /** Tries before a host that does not answer is given up. */
  readonly dialAttempts: number;
}

/** Seconds for one try to connect: a host that boots refuses or drops, and the next try follows. */
const SECONDS_PER_DIAL = 15;

/** Whether the login user of a node is not root, so that commands run by sudo. */
export function needsSudo(node: NodeArgs, ssh: SshArgs): boolean {
  return (node.user ?? ssh.user) !== "root";
}

/** How a node is reached, without the key that opens it. */
export interface Reach extends Omit<Connection, "privateKey" | "proxy"> {
  readonly proxy?: Omit<Endpoint, "privateKey">;
}

/** How a node is reached, by the settings of all and its own. */
export function reachOf(node: NodeArgs, ssh: Omit<SshArgs, "privateKey">): Reach {
  const { bastion } = node;
  const tries = { dialErrorLimit: ssh.dialAttempts, perDialTimeout: SECONDS_PER_DIAL };
  return {
    host: node.sshAddress ?? node.address,
    port: node.port ?? ssh.port,
    user: node.user ?? ssh.user,
    ...(node.hostKey !== undefined && { hostKey: node.hostKey }),
    ...tries,
    ...(bastion && {
      proxy: {
        host: bastion.address,
        port: bastion.port ?? ssh.port,
        user: bastion.user ?? ssh.user,
        ...(bastion.hostKey !== undefined && { hostKey: bastion.hostKey }),
        ...tries,
      },
    }),
  };
}

/** The connection of a node, as `remote.Command` takes it. */
export function nodeConnection(node: NodeArgs, ssh: SshArgs) {
  const { proxy, ...own } = reachOf(node, ssh);
  const privateKey = pulumi.secret(ssh.privateKey);
  return { ...own, privateKey, ...(proxy && { proxy: { ...proxy, privateKey } }) };
}
