import { createHash, randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** Something that can be learnt of an archive. */
export interface Kind<T> {
  /** Distinguishes it from what else is learnt of the same archive. */
  readonly name: string;
  /** Raised whenever what is read changes, so that older entries are read anew. */
  readonly format: number;
  readonly schema: z.ZodType<T>;
}

const entry = z.object({ key: z.string(), checksum: z.string(), value: z.unknown() });

/**
 * What tells one file from another without reading it. The change time is part of it because the
 * modification time can be set back after a change, as `cp -p` and `touch` do.
 */
export function fingerprint(path: string, stats: BigIntStats): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return [path, dev, ino, size, mtimeNs, ctimeNs].join("\n");
}

/**
 * What was learnt of the file at `path` while it had this fingerprint; undefined where there is
 * nothing, or nothing that can be trusted.
 */
export async function recall<T>(
  kind: Kind<T>,
  cacheDir: string,
  path: string,
  fingerprint: string,
): Promise<T | undefined> {
  try {
    const found = entry.parse(JSON.parse(await readFile(entryFile(kind, cacheDir, path), "utf8")));
    const value = kind.schema.parse(found.value);
    const trusted = found.key === keyOf(kind, fingerprint) && found.checksum === checksum(value);
    return trusted ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps an entry, one a path. A cache that cannot be written costs time, never the run. */
export async function remember<T>(
  kind: Kind<T>,
  cacheDir: string,
  path: string,
  fingerprint: string,
  value: T,
): Promise<void> {
  const file = entryFile(kind, cacheDir, path);
  const partial = `${file}.${randomBytes(6).toString("hex")}`;
  const kept = { key: keyOf(kind, fingerprint), checksum: checksum(value), value };
  try {
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    await writeFile(partial, JSON.stringify(kept), { mode: 0o600, flag: "wx" });
    await rename(partial, file);
  } catch {
    await rm(partial, { force: true }).catch(() => undefined);
  }
}

function keyOf(kind: Kind<unknown>, fingerprint: string): string {
  return `${kind.format}\n${fingerprint}`;
}

function entryFile(kind: Kind<unknown>, cacheDir: string, path: string): string {
  const name = createHash("sha256").update(path).digest("hex").slice(0, 32);
  return join(cacheDir, `${kind.name}-${name}.json`);
}

/** Of the value with its keys sorted: a schema may order them in another way than who made it. */
function checksum(value: unknown): string {
  const sorted = JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
  return createHash("sha256").update(sorted).digest("hex");
}
