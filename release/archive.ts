import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Extract, type Header } from "tar-stream";
import { ReleaseError } from "./release-error";

/** Files are configuration and templates of a few KB; anything larger is not what it claims to be. */
const LARGEST_FILE = 1024 * 1024;
const LARGEST_TOTAL = 16 * LARGEST_FILE;

/** What an archive is expected to be. */
export interface Expected {
  /** What an error begins with: "installer", or the setting that names the archive. */
  readonly label: string;
  /** What it is called in an error, "Harbor installer". */
  readonly what: string;
  /** The files that go by this name, for an error, ".tgz file of a Harbor release". */
  readonly files: string;
  /** Whether it may be a tar archive that is not compressed. @default false */
  readonly plain?: boolean;
  /** Whether links are passed over; else they are refused. @default false */
  readonly links?: boolean;
}

/** What one pass over an archive yields. */
export interface ArchiveContents {
  /** The wanted files, path in the archive → text. */
  texts: Map<string, string>;
  /** Every file's path in the archive → as the archive spells it, maybe with a leading "./". */
  paths: Map<string, string>;
  /** Of the archive as it lies on disk, hex. */
  sha256: string;
  size: number;
}

/**
 * Reads the wanted files of a tar archive in one streamed pass, hashing it on the way; nothing is
 * unpacked to disk. Throws a ReleaseError for an archive that cannot be read to its end, and for
 * entries that no such archive has: paths out of the archive, devices, doubles, oversized files.
 */
export async function readArchive(
  file: string,
  wanted: (path: string) => boolean,
  expected: Expected,
): Promise<ArchiveContents> {
  const form = await formOf(file).catch((error: unknown) => {
    throw unreadable(error, expected);
  });
  if (form !== "gzip" && !(form === "tar" && expected.plain)) throw notAnArchive(expected);
  const hash = createHash("sha256");
  let size = 0;
  const entries = extract();
  const [scan, pump] = await Promise.allSettled([
    scanEntries(entries, wanted, expected),
    pipeline(
      createReadStream(file, { highWaterMark: 256 * 1024 }),
      async function* hashed(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      },
      form === "gzip" ? createGunzip() : new PassThrough(),
      entries,
    ),
  ]);
  // A refused entry stops the stream, so its reason is the first cause of both failures.
  for (const { reason } of [scan, pump].filter((part) => part.status === "rejected")) {
    if (reason instanceof ReleaseError) throw reason;
  }
  if (pump.status === "rejected") throw unreadable(pump.reason, expected);
  if (scan.status === "rejected") throw unreadable(scan.reason, expected);
  return { ...scan.value, sha256: hash.digest("hex"), size };
}

/** Told by the first bytes, as a file's name may be anything. */
async function formOf(file: string): Promise<"gzip" | "tar" | undefined> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return "gzip";
    return buffer.toString("latin1", 257, 262) === "ustar" ? "tar" : undefined;
  } finally {
    await handle.close();
  }
}

async function scanEntries(
  entries: Extract,
  wanted: (path: string) => boolean,
  expected: Expected,
): Promise<Pick<ArchiveContents, "texts" | "paths">> {
  const texts = new Map<string, string>();
  const paths = new Map<string, string>();
  let total = 0;
  for await (const entry of entries) {
    const path = safePath(entry.header, expected);
    if (entry.header.type === "directory") {
      entry.resume();
      continue;
    }
    if (paths.has(path)) throw refused(path, "is in the archive twice", expected);
    paths.set(path, entry.header.name);
    if (!wanted(path) || isLink(entry.header)) {
      entry.resume();
      continue;
    }
    total += entry.header.size ?? 0;
    if ((entry.header.size ?? 0) > LARGEST_FILE)
      throw refused(path, "is larger than 1 MiB", expected);
    if (total > LARGEST_TOTAL) {
      throw refused(path, "takes the configuration files over 16 MiB", expected);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    texts.set(path, Buffer.concat(chunks).toString("utf8"));
  }
  return { texts, paths };
}

function isLink({ type }: Header): boolean {
  return type === "symlink" || type === "link";
}

/** The entry's path without a leading "./"; throws for what could reach outside of the archive. */
function safePath(header: Header, expected: Expected): string {
  const { name, type } = header;
  if (name.startsWith("/") || name.includes("\\") || name.includes("\0")) {
    throw refused(name, "has an absolute or malformed path", expected);
  }
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) {
    throw refused(name, "has a path that leads out of the archive", expected);
  }
  const plain = type === "file" || type === "contiguous-file" || type === "directory";
  if (!plain && !(expected.links && isLink(header))) {
    const kind = type ?? "nameless kind of entry";
    throw refused(name, `is a ${kind}; only files and folders are read`, expected);
  }
  return parts.join("/");
}

function refused(path: string, why: string, { label, what }: Expected): ReleaseError {
  return new ReleaseError(`${label}: ${JSON.stringify(path)} ${why}; this is no ${what}`);
}

function notAnArchive({ label, files, plain }: Expected): ReleaseError {
  const form = plain ? "neither a tar nor a gzip archive" : "not a gzip archive";
  return new ReleaseError(`${label}: the file is ${form}; give the ${files}`);
}

function unreadable(reason: unknown, { label }: Expected): ReleaseError {
  const { code, message } = reason as NodeJS.ErrnoException;
  const damaged = code?.startsWith("Z_") || /unexpected end|invalid tar header/i.test(message);
  const why = damaged ? "it is truncated or damaged; fetch it again" : message;
  return new ReleaseError(`${label}: the archive cannot be read: ${why}`);
}
