import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ensureBaseImage } from "../base-image";
import type { Report } from "../report";
import { run } from "../shell";
import { writeArchive } from "./archive";
import { buildImages, composeImages, saveImages } from "./images";
import { buildContext, installerEntries, releaseFiles } from "./installer";
import { contentHash } from "./source-files";
import { SCHEMA_FILE, shapeOf, type StandInVersion } from "./versions";

export { STAND_INS, type StandInVersion } from "./versions";

const FOLDER_PREFIX = "stand-in-";
/** Changes with the layout that this file gives the archive. */
const LAYOUT = "2";

export interface StandIn {
  /** The installer. */
  readonly file: string;
  /** "v1.5.4" */
  readonly version: string;
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

/** Removes what earlier sources of the same version and kind were made into. */
async function prune(cacheDir: string, kind: string, kept: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    // Folders of before there were several versions are named by their hash alone.
    const old = name.startsWith(kind) || /^stand-in-[0-9a-f]{16}$/.test(name);
    if (old && name !== kept) await rm(join(cacheDir, name), { recursive: true });
  }
}

/**
 * Makes sure a stand-in release is there: an installer of the shape of Harbor's, for machines that
 * can download no real one. Its folder in the cache carries a hash of everything that it is made of,
 * so nothing happens when nothing changed; older ones of the same version are removed.
 * @param options.version default: 1.1.2.
 * @param options.online an installer without images, which builds none. Default: false.
 * @throws Error when an image cannot be built or saved.
 */
export async function ensureStandIn(options: {
  cacheDir: string;
  report: Report;
  version?: StandInVersion;
  online?: boolean;
}): Promise<StandIn> {
  const { cacheDir, report, version = "1.1.2", online = false } = options;
  const release = await releaseFiles(version);
  const context = online ? [] : await buildContext(version);
  const base = online ? undefined : await ensureBaseImage(report);
  const parts = [LAYOUT, ...(base === undefined ? [] : [await imageId(base)])];
  const hash = contentHash([...release, ...context], parts);

  const kind = online ? "online" : "offline";
  const name = `harbor-${kind}-installer-v${version}.tgz`;
  const prefix = `${FOLDER_PREFIX}${kind}-${version}-`;
  const folder = join(cacheDir, prefix + hash.slice(0, 16));
  const standIn: StandIn = { file: join(folder, name), version: `v${version}` };
  if (await exists(standIn.file)) return standIn;

  await mkdir(folder, { recursive: true });
  const saved = join(folder, "images.tar.gz");
  const aside = `${standIn.file}.new`;
  try {
    if (base !== undefined) {
      const images = composeImages(release);
      const args = { BASE: base, SCHEMA: SCHEMA_FILE[shapeOf(version)] };
      await buildImages(images, args, context, report);
      report("stand-in release: saving the images");
      await saveImages(images, saved);
    }
    const images = base === undefined ? undefined : saved;
    await writeArchive(aside, installerEntries(version, release, images));
    await rename(aside, standIn.file);
  } finally {
    await rm(saved, { force: true });
    await rm(aside, { force: true });
  }
  await prune(cacheDir, prefix, prefix + hash.slice(0, 16));
  const megabytes = ((await stat(standIn.file)).size / 1e6).toFixed(online ? 3 : 0);
  report(`stand-in release: ${name} is ready, ${megabytes} MB`);
  return standIn;
}
