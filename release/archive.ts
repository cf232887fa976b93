import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Extract, type Header } from "tar-stream";
import { ReleaseError } from "./release-error";

/** Files are configuration and templates of a few KB; anything larger is not what it claims to be. */
const LARGEST_FILE = 1024 * 1024;
const LARGEST_TOTAL = 16 * LARGEST_FILE;

/** What one pass over an archive yields. */
export interface ArchiveContents {
  /** The wanted files, path in the archive → text. */
  texts: Map<string, string>;
  /** Every entry's path in the archive. */
  paths: string[];
  /** Of the archive as it lies on disk, hex. */
  sha256: string;
  size: number;
}

/**
 * Reads the wanted files of a .tgz in one streamed pass, hashing it on the way; nothing is unpacked
 * to disk. Throws a ReleaseError for an archive that cannot be read to its end, and for entries
 * that no installer has: paths out of the archive, links, devices, doubles, oversized files.
 */
export async function readArchive(
  file: string,
  wanted: (path: string) => boolean,
): Promise<ArchiveContents> {
  const hash = createHash("sha256");
  let size = 0;
  const entries = extract();
  const [scan, pump] = await Promise.allSettled([
    scanEntries(entries, wanted),
    pipeline(
      createReadStream(file, { highWaterMark: 256 * 1024 }),
      async function* hashed(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          if (size === 0 && !(chunk[0] === 0x1f && chunk[1] === 0x8b)) throw notGzip();
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      createGunzip(),
      entries,
    ),
  ]);
  // A refused entry stops the stream, so its reason is the first cause of both failures.
  for (const { reason } of [scan, pump].filter((part) => part.status === "rejected")) {
    if (reason instanceof ReleaseError) throw reason;
  }
  if (pump.status === "rejected") throw unreadable(pump.reason);
  if (scan.status === "rejected") throw unreadable(scan.reason);
  return { ...scan.value, sha256: hash.digest("hex"), size };
}

async function scanEntries(
  entries: Extract,
  wanted: (path: string) => boolean,
): Promise<Pick<ArchiveContents, "texts" | "paths">> {
  const texts = new Map<string, string>();
  const paths = new Set<string>();
  let total = 0;
  for await (const entry of entries) {
    const path = safePath(entry.header);
    if (entry.header.type === "directory") {
      entry.resume();
      continue;
    }
    if (paths.has(path)) throw refused(path, "is in the archive twice");
    paths.add(path);
    if (!wanted(path)) {
      entry.resume();
      continue;
    }
    total += entry.header.size ?? 0;
    if ((entry.header.size ?? 0) > LARGEST_FILE) throw refused(path, "is larger than 1 MiB");
    if (total > LARGEST_TOTAL) throw refused(path, "takes the configuration files over 16 MiB");
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    texts.set(path, Buffer.concat(chunks).toString("utf8"));
  }
  return { texts, paths: [...paths] };
}

/** The entry's path without a leading "./"; throws for what could reach outside of the archive. */
function safePath({ name, type }: Header): string {
  if (name.startsWith("/") || name.includes("\\") || name.includes("\0")) {
    throw refused(name, "has an absolute or malformed path");
  }
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw refused(name, "has a path that leads out of the archive");
  if (type !== "file" && type !== "contiguous-file" && type !== "directory") {
    throw refused(
      name,
      `is a ${type ?? "nameless kind of entry"}; only files and folders are read`,
    );
  }
  return parts.join("/");
}

function refused(path: string, why: string): ReleaseError {
  return new ReleaseError(`installer: ${JSON.stringify(path)} ${why}; this is no Harbor installer`);
}

function notGzip(): ReleaseError {
  return new ReleaseError(
    "installer: the file is not a gzip archive; give the .tgz file of a Harbor release",
  );
}

function unreadable(reason: unknown): ReleaseError {
  const { code, message } = reason as NodeJS.ErrnoException;
  const damaged = code?.startsWith("Z_") || /unexpected end|invalid tar header/i.test(message);
  const why = damaged ? "it is truncated or damaged; fetch it again" : message;
  return new ReleaseError(`installer: the archive cannot be read: ${why}`);
}
