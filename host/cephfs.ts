import type { HostFile } from "./command";

/** What a host has to know to mount a CephFS. */
export interface CephfsClient {
  /** `host[:port]` of each monitor. */
  readonly monitors: readonly string[];
  readonly fileSystem: string;
  /** Directory of the file system that is mounted. */
  readonly path: string;
  /** Client name without `client.`. */
  readonly client: string;
  readonly mountPoint: string;
  readonly driver: "kernel" | "fuse";
}

const SECRET_FILE = "/etc/ceph/harbor-ha.secret";
const KEYRING = "/etc/ceph/harbor-ha.keyring";
const CONFIGURATION = "/etc/ceph/harbor-ha.conf";

/*
 * `_netdev` makes systemd wait for the network; `noatime` spares a write to the metadata server for
 * every read of a layer.
 */
const GENERAL_OPTIONS = "_netdev,noatime";

/**
 * The line of /etc/fstab that mounts the file system.
 *
 * The path stands in it even where it is `/`: a key that is limited to a path is refused without
 * it. The kernel's option is `mds_namespace`, the name that all kernels know for `fs`.
 */
export function fstabLine(client: CephfsClient): string {
  const { monitors, fileSystem, path, client: name, mountPoint } = client;
  if (client.driver === "kernel") {
    return `${monitors.join(",")}:${path} ${mountPoint} ceph name=${name},secretfile=${SECRET_FILE},mds_namespace=${fileSystem},${GENERAL_OPTIONS} 0 0`;
  }
  const options = [
    `ceph.id=${name}`,
    `ceph.conf=${CONFIGURATION}`,
    `ceph.client_mountpoint=${path}`,
    `ceph.client_fs=${fileSystem}`,
    GENERAL_OPTIONS,
  ];
  return `none ${mountPoint} fuse.ceph ${options.join(",")} 0 0`;
}

/** The files that the mount needs, by their paths on the host. All are for root alone. */
export function clientFiles(client: CephfsClient, key: string): HostFile[] {
  if (client.driver === "kernel") {
    return [{ path: SECRET_FILE, mode: 0o600, content: `${key}\n` }];
  }
  const configuration = [
    "[global]",
    `mon_host = ${client.monitors.join(",")}`,
    `keyring = ${KEYRING}`,
    "",
  ].join("\n");
  return [
    { path: CONFIGURATION, mode: 0o600, content: configuration },
    { path: KEYRING, mode: 0o600, content: `[client.${client.client}]\n\tkey = ${key}\n` },
  ];
}
