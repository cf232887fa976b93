import * as pulumi from "@pulumi/pulumi";
import { type CephfsClient, clientFiles, fstabLine } from "../host/cephfs";
import type { HostFile } from "../host/command";
import { PROJECT } from "./deployed-release";
import type { Departure } from "./departure";
import type { DnsRoundRobin } from "./dns-round-robin";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";

/** The shared file system, and how nodes mount it. */
export interface CephfsArgs extends CephfsClient {
  /** The client's key, as `ceph auth get-key` prints it. */
  readonly key: pulumi.Input<string>;
  /** Harbor's data, relative to the mount point. */
  readonly dataDirectory: string;
}

export interface CephfsMountArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  readonly cephfs: CephfsArgs;
  readonly dns: DnsRoundRobin;
  /** Names the cluster on the file system, so that nodes see that they share it. */
  readonly cluster: string;
  /** `project/stack` of the one whose directory may be this one's. @default none */
  readonly predecessor?: string;
  /** Whether this is the node over which the installer archive reaches the file system. */
  readonly carrier: boolean;
  /** Whether missing packages are installed from the distribution. */
  readonly installPackages: boolean;
  /** Docker's proxy settings, from host/docker-proxy.ts. @default docker has none of ours */
  readonly dockerProxy?: pulumi.Input<HostFile>;
  /** What takes the node back as a whole. @default each of its steps takes itself back */
  readonly departure?: Departure;
}

/** Where a node keeps what the scripts have to remember about it. */
const STATE_DIR = "/var/lib/harbor-ha";

/**
 * The shared file system on one node: packages, key file (0600), fstab line, mount, and docker
 * starting only after it, with its proxy settings. Deleting it unmounts and takes its own lines away,
 * never data.
 */
export class CephfsMount extends pulumi.ComponentResource {
  constructor(args: CephfsMountArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, cephfs, dns, cluster, carrier, installPackages, dockerProxy } = args;
    const { departure, predecessor } = args;
    super("harbor-ha:index:CephfsMount", node.name, {}, options);
    hostStep(
      {
        node,
        ssh,
        step: "mount",
        undo: "unmount",
        parameters: {
          CLUSTER: cluster,
          PREDECESSOR: predecessor ?? "",
          MOUNT_POINT: cephfs.mountPoint,
          DATA_DIRECTORY: cephfs.dataDirectory,
          DRIVER: cephfs.driver,
          FSTAB_LINE: fstabLine(cephfs),
          CLIENT_FILES: clientFiles(cephfs, "")
            .map((file) => file.path)
            .join(" "),
          IS_CARRIER: carrier,
          INSTALL_PACKAGES: installPackages,
          STATE_DIR,
          PROJECT,
          DOCKER_PROXY: dockerProxy !== undefined,
          ...dns.parameters,
        },
        files: pulumi
          .all([cephfs.key, dockerProxy])
          .apply(([key, proxy]) => [...clientFiles(cephfs, key), ...(proxy ? [proxy] : [])]),
        ...(departure && { departure }),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
