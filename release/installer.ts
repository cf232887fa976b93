import { basename } from "node:path";
import { z } from "zod";
import { readArchive, type ArchiveContents } from "./archive";
import { type Reader, type ReadOptions, readOnce } from "./read-archive";
import { ReleaseError } from "./release-error";
import { SUPPORTED_RANGE } from "../harbor/versions";

export { ReleaseError } from "./release-error";

/** What a Harbor installer says about its release. */
export interface Installer {
  /** "1.5.4", from the image tags in docker-compose.yml: an archive's file name may be anything. */
  version: string;
  /** Path below harbor/ → text; sorted. */
  files: ReadonlyMap<string, string>;
  /** Path of the bundled images, as the archive spells it; only offline installers have one. */
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
const BUNDLED_IMAGES = /^harbor\/harbor[^/]*\.(tar\.gz|tgz|tar)$/;

/** An installer as it is kept in the cache. */
const kept = z.object({
  version: z.string(),
  files: z.array(z.tuple([z.string(), z.string()])),
  imageArchive: z.string().optional(),
  sha256: z.string(),
  size: z.number(),
});

const EXPECTED = {
  label: "installer",
  what: "Harbor installer",
  files: ".tgz file of a Harbor release",
};

const INSTALLER: Reader<z.infer<typeof kept>> = {
  name: "installer",
  format: 3,
  schema: kept,
  label: EXPECTED.label,
  async read(path) {
    const wanted = (name: string) => name.startsWith(ROOT) && WANTED.test(name.slice(ROOT.length));
    return keptFrom(await readArchive(path, wanted, EXPECTED), basename(path));
  },
};

/**
 * Reads an installer archive (online or offline). Throws a ReleaseError for anything but a readable
 * Harbor installer, and for an archive with another sum than `sha256`.
 */
export async function readInstaller(file: string, options: ReadOptions = {}): Promise<Installer> {
  const { files, imageArchive, ...rest } = await readOnce(INSTALLER, file, options);
  return { ...rest, files: new Map(files), ...(imageArchive !== undefined && { imageArchive }) };
}

/** The images' archive in an offline installer, as `tar` asks for it by name. */
export function bundledImages({ paths }: ArchiveContents): string | undefined {
  return [...paths].find(([path]) => BUNDLED_IMAGES.test(path))?.[1];
}

function keptFrom(contents: ArchiveContents, name: string): z.infer<typeof kept> {
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
  const imageArchive = bundledImages(contents);
  return {
    version: releaseVersion(files.get("docker-compose.yml")!, name),
    files: [...files],
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
