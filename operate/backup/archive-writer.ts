import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import {
  FORMAT,
  MANIFEST,
  MEMBERS,
  type Manifest,
  type Member,
  type Origin,
  type Sum,
} from "./format";

/** Makes a backup's tar archive, member by member. */
export class ArchiveWriter {
  private readonly tar = pack();
  private readonly sums = new Map<Member, Sum>();

  constructor(private readonly origin: Origin) {}

  /** The archive's bytes. */
  get bytes(): Readable {
    return this.tar as unknown as Readable;
  }

  add(name: Member, content: Buffer): void {
    this.sums.set(name, { size: content.length, sha256: sha256(content) });
    this.tar.entry(this.header(name, content.length), content);
  }

  /** Adds what a stream gives, which must be `size` bytes. */
  async addStream(name: Member, size: number, content: Readable): Promise<void> {
    const hash = createHash("sha256");
    await pipeline(
      content,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      this.tar.entry(this.header(name, size)) as unknown as NodeJS.WritableStream,
    );
    this.sums.set(name, { size, sha256: hash.digest("hex") });
  }

  /** Ends the archive with its manifest. @throws Error where a member is missing. */
  finish(): Manifest {
    const missing = MEMBERS.filter((name) => !this.sums.has(name));
    if (missing.length > 0)
      throw new Error(`the backup is incomplete; missing: ${missing.join(", ")}; run again`);
    const members = Object.fromEntries(this.sums) as Record<Member, Sum>;
    const manifest: Manifest = { format: FORMAT, ...this.origin, members };
    const content = json(manifest);
    this.tar.entry(this.header(MANIFEST, content.length), content);
    this.tar.finalize();
    return manifest;
  }

  abort(error: Error): void {
    this.tar.destroy(error);
  }

  private header(name: string, size: number) {
    return { name, size, mode: 0o600, mtime: new Date(this.origin.made) };
  }
}

export function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
