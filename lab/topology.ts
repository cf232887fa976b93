import { homedir } from "node:os";
import path from "node:path";

/** Prefix of every container, image, volume and the network of the lab. */
export const LAB = "harbor-ha-lab";

/** What outlives a run on this machine: secrets, SSH key, built release, Pulumi state. */
export const LAB_DIR = process.env.HARBOR_HA_LAB ?? "/var/lib/harbor-ha-lab";

/** The stack's project files, and the engine's state: what says that something is deployed. */
export const STACK_DIR = path.join(LAB_DIR, "stack");
export const STATE_DIR = path.join(LAB_DIR, "state");

/** What outlives clones of the project: the Pulumi CLI, bundles by content hash. */
export const CACHE_DIR = path.join(
  process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
  "harbor-ha",
);

export const NETWORK = {
  name: LAB,
  subnet: "198.51.100.0/24",
  gateway: "198.51.100.1",
  bridge: "br-harbor-ha",
} as const;

export const DOMAIN = "hub.lab.example.com";

export type NodeName = "hub1" | "hub2" | "hub3";
export type DatabaseName = "db1" | "db2" | "db3";
export type ServiceName = "ceph" | "db" | DatabaseName | "redis" | "dns";
export type HostName = NodeName | "client";
export type ContainerName = HostName | ServiceName;

export const ADDRESSES: Readonly<Record<ContainerName, string>> = {
  hub1: "198.51.100.11",
  hub2: "198.51.100.12",
  hub3: "198.51.100.13",
  ceph: "198.51.100.21",
  db: "198.51.100.30",
  db1: "198.51.100.31",
  db2: "198.51.100.32",
  db3: "198.51.100.33",
  redis: "198.51.100.41",
  dns: "198.51.100.53",
  client: "198.51.100.61",
};

export interface NodeAccess {
  readonly name: NodeName;
  readonly user: "root" | "ops";
  /** The node through which this one is reached; its sshd refuses everyone else. */
  readonly bastion?: NodeName;
}

/** Three ways into a node, so that each is walked: root, sudo, and a bastion. */
export const NODES: readonly NodeAccess[] = [
  { name: "hub1", user: "root" },
  { name: "hub2", user: "ops" },
  { name: "hub3", user: "root", bastion: "hub1" },
];
export const NODE_NAMES: readonly NodeName[] = NODES.map((node) => node.name);
export const HOSTS: readonly HostName[] = [...NODE_NAMES, "client"];
export const DATABASES: readonly DatabaseName[] = ["db1", "db2", "db3"];
export const CONTAINERS = Object.keys(ADDRESSES) as readonly ContainerName[];

export const CEPH = {
  client: "harbor",
  path: "/apps/harbor",
  fileSystem: "cephfs",
  monitorPort: 6789,
} as const;
export const DATABASE = { name: "registry", user: "harbor", admin: "root", port: 3306 } as const;
export const REDIS = { port: 6379 } as const;
export const DNS = {
  zone: DOMAIN,
  keyName: LAB,
  algorithm: "hmac-sha256",
  ttl: 5,
  port: 53,
} as const;

export type ImageName = "node" | "ceph" | "db" | "svc";
export const IMAGES: readonly ImageName[] = ["node", "ceph", "db", "svc"];

export const containerOf = (name: ContainerName): string => `${LAB}-${name}`;
export const imageOf = (name: ImageName): string => `${LAB}/${name}`;
export const volumeOf = (name: ContainerName, what: string): string => `${LAB}-${name}-${what}`;
