import * as pulumi from "@pulumi/pulumi";
import { type DeployedRelease, INSTALL_DIR, PROJECT } from "./deployed-release";
import type { Departure } from "./departure";
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
  /** What takes the node back as a whole. @default each of its steps takes itself back */
  readonly departure?: Departure;
}

/**
 * A release beside the running one on a node: folder, images, directories on the mount. Nothing that
 * runs is touched. Deleting it removes the folders, which hold secrets, and leaves images and data.
 */
export class StagedRelease extends pulumi.ComponentResource {
  /** Another text after each run. */
  readonly stamp: pulumi.Output<string>;

  constructor(args: StagedReleaseArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, peers, release, images, cluster, carrier } = args;
    const { mountPoint, dataDirectory, secretkey, departure } = args;
    super("harbor-ha:index:StagedRelease", node.name, {}, options);
    const step = hostStep(
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
        ...(departure && { departure }),
      },
      { parent: this },
    );
    this.stamp = step.stdout;
    this.registerOutputs();
  }
}
