import { run, type Output, type RunOptions } from "./shell";
import type { Secrets } from "./secrets";
import {
  ADDRESSES,
  CEPH,
  DATABASE,
  DNS,
  NODES,
  REDIS,
  containerOf,
  type HostName,
  type NodeName,
} from "./topology";

/** An SSH server, with all that is needed to know it. */
export interface SshEndpoint {
  readonly address: string;
  readonly user: string;
  /** Public host key in one line: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

export interface LabNode extends SshEndpoint {
  readonly name: NodeName;
  /** The host through which alone this node is reached. */
  readonly bastion?: SshEndpoint & { readonly name: NodeName };
}

export interface DatabaseAccount {
  readonly user: string;
  readonly password: string;
}

/** Everything a stack needs to deploy to the lab. Holds secrets: never print it. */
export interface Lab {
  readonly nodes: readonly LabNode[];
  /** The host that uses Harbor as a client. */
  readonly client: SshEndpoint;
  /** OpenSSH private key that opens every node, the bastion and the client. */
  readonly sshPrivateKey: string;
  readonly ceph: {
    readonly monitors: readonly string[];
    /** Without the leading `client.`. */
    readonly client: string;
    readonly key: string;
    readonly fileSystem: string;
    /** The folder of the file system that the client may use. */
    readonly path: string;
  };
  readonly database: DatabaseAccount & {
    /** What passes connections on to one member of the cluster. */
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly admin: DatabaseAccount;
  };
  readonly redis: { readonly host: string; readonly port: number; readonly password: string };
  readonly dns: {
    readonly server: string;
    readonly port: number;
    readonly zone: string;
    readonly keyName: string;
    readonly algorithm: string;
    /** TSIG secret, base64. */
    readonly secret: string;
    /** Seconds. */
    readonly ttl: number;
  };
}

/** @param members the nodes that make up the cluster */
export function describeLab(secrets: Secrets, cephKey: string, members: readonly NodeName[]): Lab {
  const endpoint = (name: HostName, user: string): SshEndpoint => ({
    address: ADDRESSES[name],
    user,
    hostKey: secrets.hostKeys[name].publicKey,
  });
  const userOf = (name: NodeName): string =>
    NODES.find((node) => node.name === name)?.user ?? "root";
  return {
    nodes: NODES.filter(({ name }) => members.includes(name)).map(({ name, user, bastion }) => ({
      name,
      ...endpoint(name, user),
      ...(bastion && { bastion: { name: bastion, ...endpoint(bastion, userOf(bastion)) } }),
    })),
    client: endpoint("client", "root"),
    sshPrivateKey: secrets.ssh.privateKey,
    ceph: {
      monitors: [`${ADDRESSES.ceph}:${String(CEPH.monitorPort)}`],
      client: CEPH.client,
      key: cephKey,
      fileSystem: CEPH.fileSystem,
      path: CEPH.path,
    },
    database: {
      host: ADDRESSES.db,
      port: DATABASE.port,
      name: DATABASE.name,
      user: DATABASE.user,
      password: secrets.databasePassword,
      admin: { user: DATABASE.admin, password: secrets.databaseAdminPassword },
    },
    redis: { host: ADDRESSES.redis, port: REDIS.port, password: secrets.redisPassword },
    dns: {
      server: ADDRESSES.dns,
      port: DNS.port,
      zone: DNS.zone,
      keyName: DNS.keyName,
      algorithm: DNS.algorithm,
      secret: secrets.dnsSecret,
      ttl: DNS.ttl,
    },
  };
}

/**
 * Runs a bash script in a node or the client, as root, past SSH: for the lab's own looks at hosts.
 * @throws CommandError when the script fails, unless `mayFail`.
 */
export async function nodeExec(
  name: HostName,
  script: string,
  options: Pick<RunOptions, "input" | "mayFail" | "timeout" | "onLine"> = {},
): Promise<Output> {
  const interactive = options.input === undefined ? [] : ["-i"];
  return run("docker", ["exec", ...interactive, containerOf(name), "bash", "-c", script], options);
}
