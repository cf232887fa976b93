import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

export interface SourceFile {
  /** The path inside the folder, with slashes. */
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** All files of a folder and its subfolders, sorted by name. */
export async function readSources(folder: string): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = await readSources(path);
      files.push(...inner.map((file) => ({ ...file, name: `${entry.name}/${file.name}` })));
    } else {
      const executable = ((await stat(path)).mode & 0o100) !== 0;
      files.push({ name: entry.name, content: await readFile(path), executable });
    }
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A hash of names, modes and contents, and of the other parts given, in hexadecimal. */
export function contentHash(files: readonly SourceFile[], parts: readonly string[]): string {
  const hash = createHash("sha256");
  // With its length before each part, no two lists of parts run into the same bytes.
  const feed = (part: string | Buffer): void => {
    hash.update(`${part.length}:`).update(part);
  };
  parts.forEach(feed);
  for (const { name, content, executable } of files) {
    feed(`${executable ? "x" : "-"} ${name}`);
    feed(content);
  }
  return hash.digest("hex");
}
