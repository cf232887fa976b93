import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { Report } from "../report";
import { run } from "../shell";
import type { SourceFile } from "./source-files";

/** The images that a release's docker-compose.yml names. @throws Error when there is none. */
export function composeImages(release: readonly SourceFile[]): string[] {
  const compose = release.find(({ name }) => name === "docker-compose.yml");
  const lines = compose?.content.toString("utf8").matchAll(/^\s+image:\s*(\S+)\s*$/gm) ?? [];
  const images = [...lines].map((match) => match[1] ?? "");
  if (images.length === 0) throw new Error("docker-compose.yml names no image");
  return images;
}

/** The Dockerfile's stage that makes an image: for `standin/nginx-photon:v1` it is nginx. */
export function stageOf(image: string): string {
  return image.replace(/^.*\/|(-photon)?:.*$/g, "");
}

/** Builds the images from the files of one build context, with the arguments of its Dockerfile. */
export async function buildImages(
  images: readonly string[],
  args: Readonly<Record<string, string>>,
  context: readonly SourceFile[],
  report: Report,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "harbor-ha-stand-in-"));
  const given = Object.entries(args).flatMap(([name, value]) => [
    "--build-arg",
    `${name}=${value}`,
  ]);
  try {
    for (const { name, content, executable } of context) {
      await writeFile(join(folder, name), content, { mode: executable ? 0o755 : 0o644 });
    }
    for (const image of images) {
      report(`stand-in release: building ${image}`);
      const target = ["--target", stageOf(image), ...given];
      const marks = ["--label", "harbor-ha-lab=1", "-t", image];
      await run("docker", ["build", "-q", ...target, ...marks, folder], {
        env: { DOCKER_BUILDKIT: "0" },
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Saves the images to a .tar.gz; quickly rather than small, as it is read as often as written. */
export async function saveImages(images: readonly string[], target: string): Promise<void> {
  const plain = `${target}.tar`;
  try {
    await run("docker", ["save", "-o", plain, ...images]);
    const gzip = createGzip({ level: constants.Z_BEST_SPEED });
    await pipeline(createReadStream(plain), gzip, createWriteStream(target));
  } finally {
    await rm(plain, { force: true });
  }
}
