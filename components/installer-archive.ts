import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ArchiveFile } from "../release/sources";
import { localProgram } from "./local-program";
import { type NodeArgs, type SshArgs, nodeConnection } from "./node-connection";

export interface InstallerArchiveArgs {
  /** The node over which the archive goes. */
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  readonly mountPoint: string;
  /** Another path to the same archive looks whether it is there, and copies nothing then. */
  readonly archive: ArchiveFile;
}

/** Where an archive lies on the nodes: named by its sum, so that two never take each other's place. */
export function uploadPath(mountPoint: string, sha256: string): string {
  return `${mountPoint}/.harbor-ha/upload/${sha256}.tgz`;
}

/**
 * An archive of images on the shared file system: copied once, over one node, for all of them.
 * Each node checks its sum before it loads the images from it.
 */
export class InstallerArchive extends pulumi.ComponentResource {
  constructor(args: InstallerArchiveArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, mountPoint } = args;
    const { file, sha256 } = args.archive;
    super("harbor-ha:index:InstallerArchive", node.name, {}, options);
    const target = uploadPath(mountPoint, sha256);
    // A host/copy CopyRequest.
    const request = {
      node: node.name,
      connection: nodeConnection(node, ssh),
      source: file,
      target,
      sha256,
    };
    new command.local.Command(
      `${node.name}-installer`,
      {
        create: localProgram(`copy to ${node.name}:${target}`, "host/copy/main.ts"),
        stdin: pulumi.secret(pulumi.jsonStringify(request)),
        // What the last copy said is nothing to the next one.
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
