import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type NodeArgs, type SshArgs, nodeConnection } from "./node-connection";

export interface InstallerArchiveArgs {
  /** The node over which the archive goes. */
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  readonly mountPoint: string;
  /** Path of the archive on the machine that runs the program. */
  readonly file: string;
  /** SHA-256 of the archive; it is its name on the nodes. */
  readonly sha256: string;
}

/** The archive's name on the mount: its sum, so that two releases never take each other's place. */
export function archiveName(sha256: string): string {
  return `${sha256}.tgz`;
}

/**
 * An offline installer on the shared file system: copied once, over one node, for all of them.
 * Each node checks its sum before it loads the images from it.
 */
export class InstallerArchive extends pulumi.ComponentResource {
  constructor(args: InstallerArchiveArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, mountPoint, file, sha256 } = args;
    super("harbor-ha:index:InstallerArchive", node.name, {}, options);
    new command.remote.CopyToRemote(
      `${node.name}-installer`,
      {
        connection: nodeConnection(node, ssh),
        source: new pulumi.asset.FileAsset(file),
        remotePath: `${mountPoint}/.harbor-ha/upload/${archiveName(sha256)}`,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
