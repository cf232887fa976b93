import * as pulumi from "@pulumi/pulumi";
import { type DeployedRelease, INSTALL_DIR, PROJECT } from "./deployed-release";
import { hostStep } from "./host-step";
import { type NodeImages, imageParameters } from "./image-source";
import type { NodeArgs, SshArgs } from "./node-connection";

export interface StagedReleaseArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  /** The other nodes, whose marks must be seen on the mount. */
  readonly peers: readonly NodeArgs[];
  readonly release: DeployedRelease;
  readonly images: NodeImages;
  readonly cluster: string;
  /** Name of the node over which the installer archive reached the mount. */
  readonly carrier: string;
  readonly mountPoint: string;
  readonly dataDirectory: string;
  /** Harbor's encryption key, for all nodes and for ever. */
  readonly secretkey: pulumi.Input<string>;
}

/**
 * A release beside the running one on a node: folder, images, directories on the mount. Nothing that
 * runs is touched. Deleting it removes the folders, which hold secrets, and leaves images and data.
 */
export class StagedRelease extends pulumi.ComponentResource {
  constructor(args: StagedReleaseArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, peers, release, images, cluster, carrier } = args;
    const { mountPoint, dataDirectory, secretkey } = args;
    super("harbor-ha:index:StagedRelease", node.name, {}, options);
    hostStep(
      {
        node,
        ssh,
        step: "stage",
        undo: "unstage",
        parameters: {
          CLUSTER: cluster,
          CARRIER: carrier,
          PEERS: peers.map((peer) => peer.name).join(" "),
          PROJECT,
          INSTALL_DIR,
          MOUNT_POINT: mountPoint,
          DATA_DIRECTORY: dataDirectory,
          DATA_DIRECTORIES: release.layout.dataDirectories.join(" "),
          RELEASE_VERSION: release.version,
          IMAGES: release.layout.images.join(" "),
          ...imageParameters(images),
        },
        secrets: { release_digest: release.digest, secretkey },
        files: release.files,
        shown: release.shown,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
