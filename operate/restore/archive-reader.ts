import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { extract } from "tar-stream";
import { age } from "../age-filter";
import {
  CERTIFICATE,
  DUMP,
  FORMAT,
  IMAGES,
  type Image,
  LARGEST,
  MANIFEST,
  MEMBERS,
  type Manifest,
  PRIVATE_KEY,
  SECRETKEY,
  SETTINGS,
  type StackSettings,
  type Sum,
} from "../backup/format";

/** What a backup holds, but for its dump. */
export interface Backup {
  readonly manifest: Manifest;
  readonly privateKey: string;
  readonly certificate: string;
  readonly secretkey: string;
  readonly settings: StackSettings;
  readonly images: readonly Image[];
}

/** Decrypts a backup and hands on its members, one after another. */
async function eachMember(
  file: string,
  passphrase: string,
  take: (name: string, entry: Readable) => Promise<void>,
): Promise<void> {
  await access(file).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read (${code}); name a backup (--archive)`);
  });
  const entries = extract();
  const scan = async () => {
    for await (const entry of entries) await take(entry.header.name, entry as unknown as Readable);
  };
  const decrypted = age(
    "decrypt",
    passphrase,
    createReadStream(file),
    entries as unknown as Writable,
  );
  const scanned = scan().catch((error: Error) => {
    entries.destroy(error);
    throw error;
  });
  const [source, members] = await Promise.allSettled([decrypted, scanned]);
  for (const part of [source, members]) {
    if (part.status === "rejected") {
      throw new Error(`${file}: ${(part.reason as Error).message}`);
    }
  }
}

/** Reads a member to its end, and keeps it where it is not the dump. */
async function read(name: string, entry: Readable): Promise<{ sum: Sum; content: Buffer }> {
  const hash = createHash("sha256");
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of entry as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (name === DUMP) continue;
    if (size > LARGEST)
      throw new Error(
        `${name} is too large; this is no backup of a registry, name one (--archive)`,
      );
    kept.push(chunk);
  }
  return { sum: { size, sha256: hash.digest("hex") }, content: Buffer.concat(kept) };
}

function parse<T>(name: string, content: Buffer | undefined): T {
  try {
    return JSON.parse(content!.toString()) as T;
  } catch {
    // The parser's own message quotes the text, which may hold a password.
    throw new Error(
      `${name} is missing or no JSON; this is no backup of a registry, name one (--archive)`,
    );
  }
}

/**
 * Reads a backup as a whole and checks all of it against its manifest.
 * @throws Error for another passphrase, a damaged file, and one that is no backup.
 */
export async function readBackup(file: string, passphrase: string): Promise<Backup> {
  const sums = new Map<string, Sum>();
  const contents = new Map<string, Buffer>();
  await eachMember(file, passphrase, async (name, entry) => {
    const { sum, content } = await read(name, entry);
    sums.set(name, sum);
    contents.set(name, content);
  });
  const manifest = parse<Manifest>(MANIFEST, contents.get(MANIFEST));
  if (manifest.format !== FORMAT) {
    throw new Error(
      `${file} has the format ${String(manifest.format)}, and this version reads ${FORMAT}; restore it with the version that made it`,
    );
  }
  for (const name of MEMBERS) {
    const [declared, found] = [manifest.members[name], sums.get(name)];
    if (!found || declared?.sha256 !== found.sha256 || declared.size !== found.size) {
      throw new Error(`${file}: ${name} is not what the manifest says; take another backup`);
    }
  }
  const text = (name: string) => contents.get(name)!.toString();
  return {
    manifest,
    privateKey: text(PRIVATE_KEY),
    certificate: text(CERTIFICATE),
    secretkey: text(SECRETKEY),
    settings: parse(SETTINGS, contents.get(SETTINGS)),
    images: parse(IMAGES, contents.get(IMAGES)),
  };
}

/** Hands a backup's dump to `take`, which must read it to its end; nothing of it is kept here. */
export async function withDump(
  file: string,
  passphrase: string,
  take: (dump: Readable) => Promise<void>,
): Promise<void> {
  await eachMember(file, passphrase, async (name, entry) => {
    if (name === DUMP) await take(entry);
    else entry.resume();
  });
}
