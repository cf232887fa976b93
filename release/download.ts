import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Dispatcher } from "undici";
import { z } from "zod";
import { isUrl } from "../is-url";
import { fingerprint, type Kind, recall, remember } from "./archive-cache";
import { HttpsDownload } from "./https-download";
import { ReleaseError } from "./release-error";

export interface FetchOptions {
  /** The sum that a downloaded archive must have, hex. */
  sha256?: string | undefined;
  /** The folder below which downloads are kept. */
  cacheDir: string;
  /** The setting that names the archive, for errors. @default "release.installer" */
  setting?: string;
  /** Takes a line of progress. @default none */
  report?: (line: string) => void;
  /** Connections to use. @default those of the environment's proxy settings */
  dispatcher?: Dispatcher;
}

/** Milliseconds after which a partial download belongs to a run that was killed. */
const STALE = 60 * 60 * 1000;

const SUM: Kind<{ sha256: string }> = {
  name: "sum",
  format: 1,
  schema: z.object({ sha256: z.string() }),
};

/**
 * The path of an archive on this machine. A path is returned as it is; an https URL is downloaded
 * once, into `cacheDir`/downloads, and counts as there only while its sum is right. Throws a
 * ReleaseError that says what failed and which setting to change.
 */
export async function fetchArchive(urlOrPath: string, options: FetchOptions): Promise<string> {
  const { setting = "release.installer", cacheDir } = options;
  if (!isUrl(urlOrPath)) return urlOrPath;
  const url = URL.canParse(urlOrPath) ? new URL(urlOrPath) : undefined;
  if (url?.protocol !== "https:") {
    throw new ReleaseError(`${setting}: only a path or an https URL is taken`);
  }
  const sumSetting = `${setting.split(".")[0]}.sha256`;
  if (options.sha256 === undefined) {
    throw new ReleaseError(`${setting}: a URL needs ${sumSetting} beside it`);
  }
  const sha256 = options.sha256.toLowerCase();
  const folder = join(cacheDir, "downloads");
  const file = join(folder, `${sha256}.tgz`);
  if ((await sumOf(file, cacheDir)) === sha256) return file;
  const download = new HttpsDownload(url, setting, options.report ?? (() => undefined));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeStale(folder);
    const partial = join(folder, `${sha256}.${randomBytes(6).toString("hex")}.partial`);
    try {
      const sum = await download.to(partial, options.dispatcher);
      if (sum !== sha256) {
        throw download.error(`has the SHA-256 sum ${sum}, ${sumSetting} asks for ${sha256}`);
      }
      await rename(partial, file);
    } finally {
      await rm(partial, { force: true });
    }
  } catch (error) {
    throw error instanceof ReleaseError
      ? error
      : download.error(`cannot be kept in ${folder}`, error);
  }
  await remember(SUM, cacheDir, file, await fingerprintOf(file), { sha256 });
  return file;
}

async function fingerprintOf(file: string): Promise<string> {
  return fingerprint(file, await stat(file, { bigint: true }));
}

/** The sum of a file, remembered for as long as it stays the same; undefined where there is none. */
async function sumOf(file: string, cacheDir: string): Promise<string | undefined> {
  const key = await fingerprintOf(file).catch(() => undefined);
  if (key === undefined) return undefined;
  const known = await recall(SUM, cacheDir, file, key);
  if (known) return known.sha256;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const sha256 = hash.digest("hex");
  await remember(SUM, cacheDir, file, key, { sha256 });
  return sha256;
}

async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".partial")) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE) await rm(join(folder, name), { force: true });
  }
}
