import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureBaseImage } from "../base-image";
import type { Report } from "../report";
import { run } from "../shell";
import { writeArchive, type ArchiveEntry } from "./archive";
import { bundleServices } from "./bundle";
import { buildImages, composeImages, saveImages } from "./images";
import { contentHash, readSources, type SourceFile } from "./source-files";

const VERSION = "v1.1.2";
const INSTALLER = `harbor-offline-installer-${VERSION}.tgz`;
const FOLDER_PREFIX = "stand-in-";
/** Changes with the layout that this file gives the archive. */
const LAYOUT = "1";

export interface StandIn {
  /** The offline installer. */
  readonly file: string;
  readonly version: string;
}

/** The entries of the installer: every folder before its files, the images last. */
export function installerEntries(files: readonly SourceFile[], images: string): ArchiveEntry[] {
  const folders = new Set(["harbor/"]);
  for (const { name } of files) {
    const parts = name.split("/").slice(0, -1);
    parts.forEach((_, depth) => folders.add(`harbor/${parts.slice(0, depth + 1).join("/")}/`));
  }
  return [
    ...[...folders].sort().map((name) => ({ name, mode: 0o755 })),
    ...files.map(({ name, content, executable }) => ({
      name: `harbor/${name}`,
      mode: executable ? 0o755 : 0o644,
      content,
    })),
    { name: `harbor/harbor.${VERSION}.tar.gz`, mode: 0o644, file: images },
  ];
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function imageId(tag: string): Promise<string> {
  return (await run("docker", ["image", "inspect", "-f", "{{.Id}}", tag])).stdout.trim();
}

/**
 * Makes sure the stand-in release is there: an offline installer of the shape of Harbor 1.1's, for
 * machines that can download no real one. Its folder in the cache carries a hash of everything that
 * it is made of, so nothing happens when nothing changed; older ones are removed.
 * @throws Error when an image cannot be built or saved.
 */
export async function ensureStandIn(options: {
  cacheDir: string;
  report: Report;
}): Promise<StandIn> {
  const { cacheDir, report } = options;
  const base = await ensureBaseImage(report);
  const release = await readSources(join(__dirname, "harbor"));
  const bundles = [...(await bundleServices())].map(([name, content]): SourceFile => ({
    name,
    content,
    executable: false,
  }));
  const context = [...(await readSources(join(__dirname, "image"))), ...bundles];
  const hash = contentHash([...release, ...context], [LAYOUT, await imageId(base)]);

  const folder = join(cacheDir, `${FOLDER_PREFIX}${hash.slice(0, 16)}`);
  const installer = join(folder, INSTALLER);
  if (await exists(installer)) return { file: installer, version: VERSION };

  const compose = release.find(({ name }) => name === "docker-compose.yml");
  const images = composeImages(compose?.content.toString("utf8") ?? "");
  await buildImages(images, base, context, report);
  await mkdir(folder, { recursive: true });
  const saved = join(folder, "images.tar.gz");
  const aside = `${installer}.new`;
  try {
    report("stand-in release: saving the images");
    await saveImages(images, saved);
    await writeArchive(aside, installerEntries(release, saved));
    await rename(aside, installer);
  } finally {
    await rm(saved, { force: true });
    await rm(aside, { force: true });
  }
  for (const name of await readdir(cacheDir)) {
    const old = name.startsWith(FOLDER_PREFIX) && join(cacheDir, name) !== folder;
    if (old) await rm(join(cacheDir, name), { recursive: true });
  }
  const megabytes = Math.round((await stat(installer)).size / 1e6);
  report(`stand-in release: ${INSTALLER} is ready, ${megabytes} MB`);
  return { file: installer, version: VERSION };
}
