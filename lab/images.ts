import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { withSignsOfLife } from "../signs-of-life";
import { BASE_IMAGE, ensureBaseImage } from "./base-image";
import type { Report } from "./report";
import { run } from "./shell";
import { IMAGES, LAB, imageOf, type ImageName } from "./topology";

export const HASH_LABEL = `${LAB}.hash`;

const sourceOf = (name: ImageName): string => path.join(__dirname, "images", name);

/** Hash of an image's sources and of the image it is made from. */
export async function sourceHash(folder: string, baseId: string): Promise<string> {
  const hash = createHash("sha256").update(baseId);
  for (const name of (await readdir(folder)).sort()) {
    const file = path.join(folder, name);
    const executable = ((await stat(file)).mode & 0o100) !== 0;
    hash.update(`\0${name}\0${String(executable)}\0`).update(await readFile(file));
  }
  return hash.digest("hex");
}

interface InspectedImage {
  Id: string;
  RepoTags: string[] | null;
  Config: { Labels: Record<string, string> | null };
}

async function inspect(tags: readonly string[]): Promise<InspectedImage[]> {
  const found = await run("docker", ["image", "inspect", ...tags], { mayFail: true });
  return JSON.parse(found.stdout || "[]") as InspectedImage[];
}

async function build(name: ImageName, hash: string): Promise<void> {
  const labels = ["--label", `${LAB}=1`, "--label", `${HASH_LABEL}=${hash}`];
  const args = ["build", "--build-arg", `BASE=${BASE_IMAGE}`, ...labels, "-t", imageOf(name)];
  await run("docker", [...args, sourceOf(name)], { env: { DOCKER_BUILDKIT: "0" } });
}

/** Builds the images whose sources have changed, two at a time. Returns each image's id. */
export async function ensureImages(report: Report): Promise<Record<ImageName, string>> {
  const tags = IMAGES.map(imageOf);
  const before = await inspect([...tags, BASE_IMAGE]);
  const byTag = (images: InspectedImage[], tag: string): InspectedImage | undefined =>
    images.find((image) => image.RepoTags?.some((name) => name.replace(/:latest$/, "") === tag));

  if (!byTag(before, BASE_IMAGE)) await ensureBaseImage(report);
  const baseId = (byTag(before, BASE_IMAGE) ?? (await inspect([BASE_IMAGE]))[0])?.Id ?? "";
  const queue: { name: ImageName; hash: string }[] = [];
  for (const name of IMAGES) {
    const hash = await sourceHash(sourceOf(name), baseId);
    if (byTag(before, imageOf(name))?.Config.Labels?.[HASH_LABEL] !== hash) {
      queue.push({ name, hash });
    }
  }

  const built = queue.length > 0;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name, hash } = next;
      report(`image ${name}: building`);
      await withSignsOfLife(`image ${name}`, report, () => build(name, hash));
      report(`image ${name}: built`);
    }
  };
  await Promise.all([worker(), worker()]);

  const images = built ? await inspect(tags) : before;
  return Object.fromEntries(
    IMAGES.map((name) => [name, byTag(images, imageOf(name))?.Id ?? ""]),
  ) as Record<ImageName, string>;
}
