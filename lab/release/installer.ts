import { join } from "node:path";
import type { ArchiveEntry } from "./archive";
import { bundleServices } from "./bundle";
import { readSources, type SourceFile } from "./source-files";
import { shapeOf, type StandInVersion } from "./versions";

const SHARED = "shared";
/** Stands for the version in the sources of a release. */
const VERSION_MARK = "@VERSION@";

/** The files of a folder that every shape has, and of one that only this version's shape has. */
async function sourcesOf(folder: string, version: StandInVersion): Promise<SourceFile[]> {
  const [shared, own] = await Promise.all(
    [SHARED, shapeOf(version)].map((part) => readSources(join(__dirname, folder, part))),
  );
  return [...shared!, ...own!].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The files below harbor/ of a version's installer, without the images. */
export async function releaseFiles(version: StandInVersion): Promise<SourceFile[]> {
  const files = await sourcesOf("harbor", version);
  return files.map(({ content, ...file }) => ({
    ...file,
    content: Buffer.from(content.toString("utf8").replaceAll(VERSION_MARK, version)),
  }));
}

/** What a version's images are built from. */
export async function buildContext(version: StandInVersion): Promise<SourceFile[]> {
  const made = new Map(await bundleServices(shapeOf(version)));
  made.set("VERSION", Buffer.from(`v${version}-standin\n`));
  const files = [...made].map(([name, content]) => ({ name, content, executable: false }));
  return [...(await sourcesOf("image", version)), ...files];
}

/**
 * The entries of an installer: every folder before its files, the images last.
 * @param images the saved images, on disk; without them it is an online installer.
 */
export function installerEntries(
  version: StandInVersion,
  files: readonly SourceFile[],
  images?: string,
): ArchiveEntry[] {
  const folders = new Set(["harbor/"]);
  for (const { name } of files) {
    const parts = name.split("/").slice(0, -1);
    parts.forEach((_, depth) => folders.add(`harbor/${parts.slice(0, depth + 1).join("/")}/`));
  }
  const entries: ArchiveEntry[] = [
    ...[...folders].sort().map((name) => ({ name, mode: 0o755 })),
    ...files.map(({ name, content, executable }) => ({
      name: `harbor/${name}`,
      mode: executable ? 0o755 : 0o644,
      content,
    })),
  ];
  if (images === undefined) return entries;
  return [...entries, { name: `harbor/harbor.v${version}.tar.gz`, mode: 0o644, file: images }];
}
