import { basename } from "node:path";
import { z } from "zod";
import { readArchive } from "./archive";
import { bundledImages } from "./installer";
import { type Reader, type ReadOptions, readOnce } from "./read-archive";
import { ReleaseError } from "./release-error";

const imageArchive = z.object({
  sha256: z.string(),
  size: z.number(),
  member: z.string().optional(),
  images: z.array(z.string()),
});

/** An archive that docker loads images from. */
export interface ImageArchive extends z.infer<typeof imageArchive> {
  /** Of the whole file, hex. */
  sha256: string;
  /** Of the whole file, in bytes. */
  size: number;
  /** Path of the bundled images, as the archive spells it, where it is an offline installer. */
  member?: string;
  /** The images' names with tags, sorted, as the archive spells them; none of an installer's. */
  images: string[];
}

/** What `docker save` says of the images in an archive. */
const MANIFEST = "manifest.json";
const manifest = z.array(z.object({ RepoTags: z.array(z.string()).nullish() }));

const EXPECTED = {
  label: "images.archive",
  what: "archive of images",
  files: ".tar or .tar.gz file of docker save, or an offline installer",
  plain: true,
  // docker save writes one for a layer that images share.
  links: true,
};

const IMAGE_ARCHIVE: Reader<ImageArchive> = {
  name: "images",
  format: 2,
  schema: imageArchive,
  label: EXPECTED.label,
  async read(path) {
    const contents = await readArchive(path, (name) => name === MANIFEST, EXPECTED);
    const { sha256, size, texts } = contents;
    const text = texts.get(MANIFEST);
    if (text !== undefined) return { sha256, size, images: namesIn(text, basename(path)) };
    const member = bundledImages(contents);
    if (member !== undefined) return { sha256, size, member, images: [] };
    throw new ReleaseError(
      `${EXPECTED.label}: ${basename(path)} has neither a ${MANIFEST}, as docker save writes it, ` +
        "nor the images of an offline installer (harbor/harbor*.tar.gz)",
    );
  },
};

/**
 * Reads what images an archive has: of `docker save`, compressed by gzip or not, or an offline
 * installer. Throws a ReleaseError for anything else, and for another sum than `sha256`.
 */
export function readImageArchive(file: string, options: ReadOptions = {}): Promise<ImageArchive> {
  return readOnce(IMAGE_ARCHIVE, file, options);
}

/**
 * The wanted images that an archive does not have, as `wanted` spells them. Of an installer nothing
 * is said: its images lie in an archive within, and a node finds out when it loads them.
 */
export function missingImages(
  archive: Pick<ImageArchive, "member" | "images">,
  wanted: readonly string[],
): string[] {
  if (archive.member !== undefined) return [];
  const there = new Set(archive.images.map(fullName));
  return wanted.filter((image) => !there.has(fullName(image)));
}

/** One spelling for an image of Docker Hub, and the tag that none stands for. */
function fullName(image: string): string {
  const name = image.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "");
  return /:[^/]+$/.test(name) ? name : `${name}:latest`;
}

function namesIn(text: string, file: string): string[] {
  try {
    const names = manifest.parse(JSON.parse(text)).flatMap(({ RepoTags }) => RepoTags ?? []);
    return [...new Set(names)].sort();
  } catch {
    throw new ReleaseError(
      `${EXPECTED.label}: ${MANIFEST} in ${file} is not as docker save writes it`,
    );
  }
}
