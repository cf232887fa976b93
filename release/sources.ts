import * as path from "node:path";
import { fetchArchive } from "./download";
import { readImageArchive } from "./image-archive";
import { type Installer, readInstaller } from "./installer";

/** An archive of images on the machine that runs the program. */
export interface ArchiveFile {
  /** Absolute, or relative to the project's folder. */
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  /** The member that holds the images, where the archive is an offline installer. */
  readonly member?: string;
  /** The images in it, where that is known without unpacking a member. */
  readonly images?: readonly string[];
}

/** Where a release comes from, as the settings say. */
export interface ReleaseSource {
  readonly release: {
    /** Path or https URL. */
    readonly installer: string;
    readonly sha256?: string | undefined;
  };
  readonly images:
    | { readonly source: "installer" | "registry" }
    | { readonly source: "mirror"; readonly prefix: string }
    | { readonly source: "archive"; readonly archive: string; readonly sha256?: string | undefined }
    | { readonly source: "nodes"; readonly archive?: string | undefined };
}

/** What was fetched and read. */
export interface ReleaseSources {
  readonly installer: Installer;
  readonly images: ImageSource;
}

/** Where the nodes' images come from. */
export type ImageSource =
  | { readonly source: "file"; readonly archive: ArchiveFile }
  | { readonly source: "pull"; readonly prefix?: string }
  | { readonly source: "nodes"; readonly archive?: string };

export interface SourceOptions {
  /** The project's folder, to which relative paths belong. */
  readonly projectDir: string;
  /** Where downloads, and what was read of archives, are kept. */
  readonly cacheDir: string;
  /** Takes a line of progress. */
  readonly report: (line: string) => void;
}

/**
 * Fetches and reads the release's installer and, where they come in an archive of their own, its
 * images. Nothing is read or fetched twice.
 *
 * @throws ReleaseError for what cannot be had, is no such archive, or has another sum
 */
export async function readSources(
  { release, images }: ReleaseSource,
  { projectDir, cacheDir, report }: SourceOptions,
): Promise<ReleaseSources> {
  const fetched = (source: string, sha256: string | undefined, setting: string) =>
    fetchArchive(source, { sha256, cacheDir, setting, report });
  const absolute = (file: string) => path.resolve(projectDir, file);
  /** The same on every machine where it can be: the path stands in the stack's state. */
  const named = (file: string) => {
    const relative = path.relative(projectDir, absolute(file));
    return path.isAbsolute(file) && relative.startsWith("..") ? file : relative;
  };
  const installerFile = await fetched(release.installer, release.sha256, "release.installer");
  const installer = await readInstaller(absolute(installerFile), {
    cacheDir,
    sha256: release.sha256,
  });
  switch (images.source) {
    case "installer": {
      const { sha256, imageArchive: member } = installer;
      // An online installer brings none: they are pulled.
      if (member === undefined) return { installer, images: { source: "pull" } };
      const archive = { file: named(installerFile), sha256, member };
      return { installer, images: { source: "file", archive } };
    }
    case "registry":
      return { installer, images: { source: "pull" } };
    case "mirror":
      return { installer, images: { source: "pull", prefix: images.prefix } };
    case "nodes":
      return {
        installer,
        images: { source: "nodes", ...(images.archive && { archive: images.archive }) },
      };
    case "archive": {
      const file = await fetched(images.archive, images.sha256, "images.archive");
      const found = await readImageArchive(absolute(file), { cacheDir, sha256: images.sha256 });
      const { sha256, member, images: names } = found;
      const archive = { file: named(file), sha256, ...(member ? { member } : { images: names }) };
      return { installer, images: { source: "file", archive } };
    }
  }
}
