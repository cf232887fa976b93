import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import { pack, type Pack } from "tar-stream";

/** One entry of an archive: a file's text, a file on disk, or (with neither) a folder. */
export interface ArchiveEntry {
  /** Folders end with a slash. */
  readonly name: string;
  readonly mode: number;
  readonly content?: Buffer;
  readonly file?: string;
}

// A date that is the same everywhere; some programs refuse files from before 1980.
const DATE = new Date("2020-01-01T00:00:00Z");
const OWNER = { uid: 0, gid: 0, uname: "root", gname: "root" };

async function add(archive: Pack, { name, mode, content, file }: ArchiveEntry): Promise<void> {
  const header = { name, mode, mtime: DATE, ...OWNER };
  if (file !== undefined) {
    const entry = archive.entry({ ...header, size: (await stat(file)).size });
    await pipeline(createReadStream(file), entry);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (content === undefined) archive.entry({ ...header, type: "directory" }, done);
    else archive.entry(header, content, done);
  });
}

/**
 * Writes a .tgz whose bytes depend on the entries, their order and nothing else. Stored, not
 * compressed: nearly all of it is one file that is compressed already.
 */
export async function writeArchive(
  target: string,
  entries: readonly ArchiveEntry[],
): Promise<void> {
  const archive = pack();
  const written = pipeline(
    archive,
    createGzip({ level: constants.Z_NO_COMPRESSION }),
    createWriteStream(target, { mode: 0o644 }),
  );
  const filled = (async () => {
    for (const entry of entries) await add(archive, entry);
    archive.finalize();
  })();
  try {
    await Promise.all([filled, written]);
  } catch (error) {
    archive.destroy();
    await written.catch(() => undefined);
    throw error;
  }
}
