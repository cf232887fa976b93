import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type Extract } from "tar-stream";
import { type ArchiveWriter, json } from "./archive-writer";
import {
  CERTIFICATE,
  DUMP,
  IMAGES,
  LARGEST,
  type Member,
  PRIVATE_KEY,
  SECRETKEY,
  parseImageLines,
} from "./format";

/** What a node sends, by backup.sh, and what becomes of it. */
const MEMBERS: Readonly<Record<string, { name: Member; convert?: (content: Buffer) => Buffer }>> = {
  "private_key.pem": { name: PRIVATE_KEY },
  "root.crt": { name: CERTIFICATE },
  secretkey: { name: SECRETKEY },
  images: { name: IMAGES, convert: (content) => json(parseImageLines(content.toString())) },
};

/** Puts what a node sends into a backup. */
export async function takeNodeArchive(from: Extract, to: ArchiveWriter): Promise<void> {
  for await (const entry of from) {
    const { name, size = 0 } = entry.header;
    const content = entry as unknown as Readable;
    if (name === DUMP) {
      await to.addStream(DUMP, size, content);
      continue;
    }
    const member = MEMBERS[name];
    if (!member || size > LARGEST)
      throw new Error(
        `the node sent what is no part of a backup: ${name}; deploy with this version first (pulumi up)`,
      );
    const bytes = await buffer(content);
    to.add(member.name, member.convert?.(bytes) ?? bytes);
  }
}
