import { readdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { posix } from "node:path";
import type { Client, SFTPWrapper, Stats } from "ssh2";

/** Many requests under way at once: one at a time, a large file waits for every round trip. */
const TRANSFER = { concurrency: 64, chunkSize: 32 * 1024 };

/** SFTP's own code for a path that is not there. */
const NO_SUCH_FILE = 2;

type Failure = (Error & { code?: number }) | null | undefined;

function call<T>(action: (done: (error: Failure, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    action((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

async function remoteStat(sftp: SFTPWrapper, path: string): Promise<Stats | undefined> {
  try {
    return await call<Stats>((done) => sftp.stat(path, done));
  } catch (error) {
    if ((error as { code?: number }).code === NO_SUCH_FILE) return undefined;
    throw new Error(`failed to stat ${path}: ${(error as Error).message}`);
  }
}

async function makeFolders(sftp: SFTPWrapper, path: string): Promise<void> {
  const found = await remoteStat(sftp, path);
  if (found?.isDirectory()) return;
  if (found) throw new Error(`remote path ${path} exists but is not a directory`);
  const parent = posix.dirname(path);
  if (parent !== path) await makeFolders(sftp, parent);
  await call((done) => sftp.mkdir(path, done));
}

async function copyFile(sftp: SFTPWrapper, source: string, target: string): Promise<void> {
  await call((done) => sftp.fastPut(source, target, TRANSFER, done)).catch((error: Error) => {
    throw new Error(`failed to copy file ${source} to remote path ${target}: ${error.message}`);
  });
}

async function copyFolder(sftp: SFTPWrapper, source: string, target: string): Promise<void> {
  await makeFolders(sftp, target);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [`${source}/${entry.name}`, posix.join(target, entry.name)];
    await (entry.isDirectory() ? copyFolder(sftp, from, to) : copyFile(sftp, from, to));
  }
}

/** Where a file goes: into the path if that is a folder, else to the path itself. */
async function fileTarget(sftp: SFTPWrapper, source: string, path: string): Promise<string> {
  const found = await remoteStat(sftp, path);
  if (found?.isDirectory()) return posix.join(path, basename(source));
  if (!found) await makeFolders(sftp, posix.dirname(path));
  return path;
}

async function copyPath(sftp: SFTPWrapper, source: string, path: string): Promise<void> {
  if (!(await stat(source)).isDirectory()) {
    return copyFile(sftp, source, await fileTarget(sftp, source, path));
  }
  // As with rsync: a trailing slash on the source means what is in it.
  const target = source.endsWith("/") ? path : posix.join(path, basename(source));
  await copyFolder(sftp, source, target);
}

async function copyText(sftp: SFTPWrapper, content: string, path: string): Promise<void> {
  const found = await remoteStat(sftp, path);
  if (found?.isDirectory()) {
    throw new Error(
      `remote path ${path} is a directory; when using a text asset, remotePath must be a file path`,
    );
  }
  await makeFolders(sftp, posix.dirname(path));
  await call((done) => sftp.writeFile(path, content, done));
}

/** What to copy: a file or folder of this machine, or text. */
export type Source = { path: string } | { text: string };

/** Copies to the host over SFTP. Sets no mode and no owner: the host's umask and the user do. */
export async function copy(client: Client, source: Source, path: string): Promise<void> {
  const sftp = await call<SFTPWrapper>((done) => client.sftp(done));
  const lost = new Promise<never>((_, reject) => {
    client.once("close", () => reject(new Error("connection lost")));
  });
  const copying =
    "path" in source ? copyPath(sftp, source.path, path) : copyText(sftp, source.text, path);
  try {
    await Promise.race([copying, lost]);
  } finally {
    lost.catch(() => undefined);
    sftp.end();
  }
}
