import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { BigIntStats } from "node:fs";
import { readArchive, type ArchiveContents } from "./archive";
import { cachedInstaller, cacheInstaller, fingerprint } from "./installer-cache";
import { ReleaseError } from "./release-error";
import { SUPPORTED_RANGE } from "../harbor/versions";

export { ReleaseError } from "./release-error";

/** What a Harbor installer says about its release. */
export interface Installer {
  /** "1.5.4", from the image tags in docker-compose.yml: an archive's file name may be anything. */
  version: string;
  /** Path below harbor/ → text; sorted. */
  files: ReadonlyMap<string, string>;
  /** Path in the archive of the bundled images; only offline installers have one. */
  imageArchive?: string;
  /** Of the whole archive, hex. */
  sha256: string;
  /** Of the whole archive, in bytes. */
  size: number;
}

/** The folder that every installer unpacks to. */
const ROOT = "harbor/";
const WANTED =
  /^(harbor\.cfg|harbor\.yml(\.tmpl)?|docker-compose[^/]*\.yml|common\/templates\/.+)$/;
const IMAGES = /^harbor\/harbor[^/]*\.(tar\.gz|tgz|tar)$/;

/**
 * Reads an installer archive (online or offline). An offline one has hundreds of MB, too slow to
 * read at each preview, so with a `cacheDir` the result is kept there for as long as the archive
 * stays the same file. Throws a ReleaseError for anything but a readable Harbor installer, and,
 * where a `sha256` (hex) is given, for an archive with another sum.
 */
export async function readInstaller(
  file: string,
  options: { cacheDir?: string; sha256?: string } = {},
): Promise<Installer> {
  const path = resolve(file);
  const before = await archiveStat(path);
  const key = fingerprint(path, before);
  const cached = options.cacheDir && (await cachedInstaller(options.cacheDir, path, key));
  const installer = cached || (await freshInstaller(path, before));
  if (options.sha256 !== undefined && options.sha256.toLowerCase() !== installer.sha256) {
    throw new ReleaseError(
      `installer: ${basename(path)} has the SHA-256 sum ${installer.sha256}, ` +
        `the settings ask for ${options.sha256}`,
    );
  }
  if (!cached && options.cacheDir) await cacheInstaller(options.cacheDir, path, key, installer);
  return installer;
}

async function freshInstaller(path: string, before: BigIntStats): Promise<Installer> {
  const contents = await readArchive(
    path,
    (name) => name.startsWith(ROOT) && WANTED.test(name.slice(ROOT.length)),
  );
  const after = fingerprint(path, await archiveStat(path));
  if (after !== fingerprint(path, before) || BigInt(contents.size) !== before.size) {
    throw new ReleaseError(`installer: ${basename(path)} was changed while it was read`);
  }
  return installerFrom(contents, basename(path));
}

async function archiveStat(path: string): Promise<BigIntStats> {
  const stats = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ReleaseError(`installer: ${path} cannot be read (${error.code ?? error.message})`);
  });
  if (!stats.isFile()) throw new ReleaseError(`installer: ${path} is not a file`);
  if (stats.size === 0n) throw new ReleaseError(`installer: ${path} is empty`);
  return stats;
}

function installerFrom(contents: ArchiveContents, name: string): Installer {
  const files = new Map(
    [...contents.texts]
      .map(([path, text]): [string, string] => [path.slice(ROOT.length), text])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  if (files.has("harbor.yml") || files.has("harbor.yml.tmpl")) {
    throw new ReleaseError(
      `installer: ${name} is of Harbor 1.8 or later (it has a harbor.yml), which is not ` +
        `supported yet; supported: ${SUPPORTED_RANGE}`,
    );
  }
  const missing = ["harbor.cfg", "docker-compose.yml"].filter((path) => !files.has(path));
  if (![...files.keys()].some((path) => path.startsWith("common/templates/"))) {
    missing.push("common/templates");
  }
  if (missing.length > 0) {
    throw new ReleaseError(
      `installer: ${name} is no Harbor installer: no ${missing.map((path) => ROOT + path).join(", ")}`,
    );
  }
  const imageArchive = contents.paths.find((path) => IMAGES.test(path));
  return {
    version: releaseVersion(files.get("docker-compose.yml")!, name),
    files,
    ...(imageArchive !== undefined && { imageArchive }),
    sha256: contents.sha256,
    size: contents.size,
  };
}

/** Harbor's own images carry the release's version as their tag; the registry's and nginx's may not. */
function releaseVersion(compose: string, name: string): string {
  const image = /^\s*image:\s*["']?\S*\bharbor-(?:adminserver|log):v?(\d+\.\d+\.\d+[^\s"']*)/m;
  const version = image.exec(compose)?.[1];
  if (version === undefined) {
    throw new ReleaseError(
      `installer: ${name} has no image harbor-log:vX.Y.Z in docker-compose.yml to tell its version`,
    );
  }
  return version;
}
