import { createHash, randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Installer } from "./installer";

/** Raised whenever what is read from an archive changes, so that older entries are read anew. */
const FORMAT = 1;

const entry = z.object({
  key: z.string(),
  checksum: z.string(),
  installer: z.object({
    version: z.string(),
    files: z.array(z.tuple([z.string(), z.string()])),
    imageArchive: z.string().optional(),
    sha256: z.string(),
    size: z.number(),
  }),
});

/**
 * What tells one archive from another without reading it. The change time is part of it because the
 * modification time can be set back after a change, as `cp -p` and `touch` do.
 */
export function fingerprint(path: string, stats: BigIntStats): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return [FORMAT, path, dev, ino, size, mtimeNs, ctimeNs].join("\n");
}

/** The entry of the archive at `path`, undefined where there is none, or one that cannot be trusted. */
export async function cachedInstaller(
  cacheDir: string,
  path: string,
  key: string,
): Promise<Installer | undefined> {
  try {
    const text = await readFile(entryFile(cacheDir, path), "utf8");
    const found = entry.parse(JSON.parse(text));
    if (found.key !== key || found.checksum !== checksum(found.installer)) return undefined;
    const { files, imageArchive, ...rest } = found.installer;
    return { ...rest, files: new Map(files), ...(imageArchive !== undefined && { imageArchive }) };
  } catch {
    return undefined;
  }
}

/** Keeps the entry, one a path. A cache that cannot be written costs time, never the run. */
export async function cacheInstaller(
  cacheDir: string,
  path: string,
  key: string,
  installer: Installer,
): Promise<void> {
  const file = entryFile(cacheDir, path);
  const partial = `${file}.${randomBytes(6).toString("hex")}`;
  const kept = { ...installer, files: [...installer.files] };
  try {
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ key, checksum: checksum(kept), installer: kept });
    await writeFile(partial, text, { mode: 0o600, flag: "wx" });
    await rename(partial, file);
  } catch {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

function entryFile(cacheDir: string, path: string): string {
  const name = createHash("sha256").update(path).digest("hex").slice(0, 32);
  return join(cacheDir, `installer-${name}.json`);
}

function checksum(installer: z.infer<typeof entry>["installer"]): string {
  const { version, files, imageArchive, sha256, size } = installer;
  const text = JSON.stringify([version, files, imageArchive ?? null, sha256, size]);
  return createHash("sha256").update(text).digest("hex");
}
