import type { Parameters } from "../host/command";
import { missingImages } from "../release/image-archive";
import { ReleaseError } from "../release/installer";
import type { ArchiveFile, ImageSource } from "../release/sources";
import { uploadPath } from "./installer-archive";

/** Where a node's docker gets the release's images from. */
export type NodeImages =
  | {
      readonly source: "archive";
      /** Of the archive, absolute on the node: on the shared mount, or on its own disk. */
      readonly path: string;
      /** SHA-256 that it must have. @default not checked */
      readonly sha256?: string;
      /** The member of an offline installer that holds the images. @default each node finds out */
      readonly member?: string;
    }
  | {
      readonly source: "pull";
      /**
       * What stands before the names in the release's docker-compose.yml at the mirror.
       * @default none: from where docker-compose.yml names them
       * @example "registry.example.com/harbor"
       */
      readonly mirrorPrefix?: string;
    }
  /** They are there already; one that is not is an error. */
  | { readonly source: "nodes" };

/** The source as the stage step reads it. */
export function imageParameters(images: NodeImages): Parameters {
  const archive = images.source === "archive" ? images : undefined;
  const pull = images.source === "pull" ? images : undefined;
  return {
    IMAGE_SOURCE: images.source,
    ARCHIVE_PATH: archive?.path ?? "",
    ARCHIVE_SHA256: archive?.sha256 ?? "",
    ARCHIVE_MEMBER: archive?.member ?? "",
    MIRROR_PREFIX: pull?.mirrorPrefix ?? "",
  };
}

/** How the images get to the nodes. */
export interface ImagePlan {
  /** What has to be copied to the shared mount before. */
  readonly copied?: ArchiveFile;
  readonly onNodes: NodeImages;
}

/**
 * How the images of a release get to the nodes.
 *
 * @param wanted the images that the release runs
 * @throws ReleaseError for an archive that is known to lack one
 */
export function imagePlan(
  source: ImageSource,
  wanted: readonly string[],
  mountPoint: string,
): ImagePlan {
  switch (source.source) {
    case "pull":
      return {
        onNodes: { source: "pull", ...(source.prefix && { mirrorPrefix: source.prefix }) },
      };
    case "nodes":
      return {
        onNodes: source.archive ? { source: "archive", path: source.archive } : { source: "nodes" },
      };
    case "file": {
      const { sha256, member, images = wanted } = source.archive;
      const missing = missingImages({ images: [...images], ...(member && { member }) }, wanted);
      if (missing.length > 0) {
        throw new ReleaseError(
          `images.archive: lacks images of this release: ${missing.join(", ")}; save them with the others (docker save)`,
        );
      }
      const path = uploadPath(mountPoint, sha256);
      return {
        copied: source.archive,
        onNodes: { source: "archive", path, sha256, ...(member && { member }) },
      };
    }
  }
}
