import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fingerprint, type Kind, recall, remember } from "./archive-cache";
import { ReleaseError } from "./release-error";

export interface ReadOptions {
  /** Keeps what was read for as long as the archive stays the same file. @default none */
  cacheDir?: string;
  /** The sum that the archive must have, hex. @default any */
  sha256?: string | undefined;
}

/** How an archive is read. */
export interface Reader<T> extends Kind<T> {
  /** What an error begins with: "installer", or the setting that names the archive. */
  readonly label: string;
  /** Reads the whole archive at an absolute path. */
  read(path: string): Promise<T>;
}

/**
 * What a reader makes of an archive. An archive has hundreds of MB, too slow to read at each preview,
 * so with a `cacheDir` the result is kept. Throws a ReleaseError for a file that is not there, that
 * changes while it is read, or that has another sum than the one asked for.
 */
export async function readOnce<T extends { sha256: string; size: number }>(
  reader: Reader<T>,
  file: string,
  { cacheDir, sha256 }: ReadOptions,
): Promise<T> {
  const path = resolve(file);
  const { label } = reader;
  const before = await archiveStat(label, path);
  const key = fingerprint(path, before);
  const cached = cacheDir === undefined ? undefined : await recall(reader, cacheDir, path, key);
  const value = cached ?? (await reader.read(path));
  if (!cached) {
    const after = fingerprint(path, await archiveStat(label, path));
    if (after !== key || BigInt(value.size) !== before.size) {
      throw new ReleaseError(
        `${label}: ${basename(path)} was changed while it was read; run again`,
      );
    }
  }
  if (sha256 !== undefined && sha256.toLowerCase() !== value.sha256) {
    throw new ReleaseError(
      `${label}: ${basename(path)} has the SHA-256 sum ${value.sha256}, ` +
        `the settings ask for ${sha256}; correct the sum, or fetch the archive again`,
    );
  }
  if (!cached && cacheDir !== undefined) await remember(reader, cacheDir, path, key, value);
  return value;
}

async function archiveStat(label: string, path: string): Promise<BigIntStats> {
  const stats = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    throw new ReleaseError(`${label}: ${path} cannot be read (${error.code ?? error.message})`);
  });
  if (!stats.isFile()) throw new ReleaseError(`${label}: ${path} is not a file`);
  if (stats.size === 0n) throw new ReleaseError(`${label}: ${path} is empty`);
  return stats;
}
