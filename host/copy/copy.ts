import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { posix } from "node:path";
import type { Client } from "ssh2";
import { withSignsOfLife } from "../../signs-of-life";
import { TransferProgress } from "../../transfer-progress";
import { run } from "../ssh/run";
import { shellQuote } from "../ssh/shell-quote";
import { partialPath, type CopyRequest } from "./request";
import { Sftp } from "./sftp";

type Report = (line: string) => void;

/** Bytes that are read of the source at a time. */
const READ_SIZE = 1024 * 1024;

/** What to look at, by SFTP's code of a failure. */
const ADVICE: Readonly<Record<number, string>> = {
  2: "its folder is not there: is the file system mounted?",
  3: "the login user may not write there (nodes[].user, ssh.user)",
  4: "is there space on the file system (df -h)?",
};

/** A file's bytes, each added to the sum as well. */
async function* hashed(
  file: string,
  range: { start?: number; end?: number },
  hash: Hash,
): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { ...range, highWaterMark: READ_SIZE })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
}

/** SHA-256 of a file on the node, which reads all of it: seconds for each gigabyte. */
async function remoteSum(
  client: Client,
  path: string,
  { target }: CopyRequest,
  report: Report,
): Promise<string> {
  const what = `checking the sum of ${posix.basename(target)} on the node`;
  report(what);
  const { stdout } = await withSignsOfLife(what, report, () =>
    run(client, { command: `sha256sum <${shellQuote(path)}` }),
  );
  return stdout.slice(0, 64);
}

interface Start {
  offset: number;
  /** Of the source up to the offset. */
  hash: Hash;
}

/** Where to go on: after what an earlier run brought, if it is the source's beginning. */
async function startOf(
  client: Client,
  sftp: Sftp,
  request: CopyRequest,
  size: number,
  report: Report,
): Promise<Start> {
  const partial = partialPath(request);
  const nothing: Start = { offset: 0, hash: createHash("sha256") };
  const offset = (await sftp.size(partial).catch(unwritable(partial))) ?? 0;
  if (offset === 0 || offset > size) return nothing;
  const hash = createHash("sha256");
  const readPrefix = async () => {
    const prefix = hashed(request.source, { end: offset - 1 }, hash);
    while (!(await prefix.next()).done);
  };
  const [there] = await Promise.all([remoteSum(client, partial, request, report), readPrefix()]);
  // A node that lost power may have kept less than it acknowledged.
  return there === hash.copy().digest("hex") ? { offset, hash } : nothing;
}

async function sourceSize({ source }: CopyRequest): Promise<number> {
  const stats = await stat(source).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new Error(
      `${source} cannot be read on this machine (${code ?? message}); put the archive that the ` +
        "settings name there (release.installer, images.archive), and run again",
    );
  });
  return stats.size;
}

function unwritable(path: string) {
  return (error: Error & { code?: number | string }): never => {
    // Only the server's failures have numbers.
    if (typeof error.code !== "number") throw error;
    const advice = ADVICE[error.code];
    const what = `${path} cannot be written: ${error.message}`;
    throw new Error(
      `${what}; ${advice ?? "look at the file system of the node (cephfs.*), then run again"}`,
    );
  };
}

async function transfer(
  client: Client,
  sftp: Sftp,
  request: CopyRequest,
  report: Report,
): Promise<void> {
  const { source, target, sha256 } = request;
  const partial = partialPath(request);
  const size = await sourceSize(request);
  const { offset, hash } = await startOf(client, sftp, request, size, report);
  const progress = new TransferProgress(size, offset, report);
  report(
    offset > 0
      ? `going on with the copy of ${posix.basename(target)}, ${Math.round((100 * offset) / size)} % are there`
      : `copying ${posix.basename(target)}`,
  );
  await sftp
    .write(partial, offset, hashed(source, { start: offset }, hash), (bytes) => progress.add(bytes))
    .catch(unwritable(partial));
  const sent = hash.digest("hex");
  if (sent !== sha256) {
    await sftp.remove(partial);
    throw new Error(
      `${source} has the SHA-256 sum ${sent}, but ${sha256} is to be copied: it was changed since ` +
        "it was read; run again",
    );
  }
  progress.end();
  const arrived = await remoteSum(client, partial, request, report);
  if (arrived !== sha256) {
    await sftp.remove(partial);
    throw new Error(
      `what arrived has the SHA-256 sum ${arrived} in place of ${sha256}: it was removed; run ` +
        "again, and look at the node's log and its file system when that does not help",
    );
  }
  const [from, to] = [shellQuote(partial), shellQuote(target)];
  // Synchronised first: a name must not outlive the content it stands for.
  await run(client, { command: `sync ${from} && mv -fT ${from} ${to}` });
}

/**
 * Brings a file to the node, unless one with its sum is there. It appears under its name when it is
 * complete; until then it grows under another, where a later run goes on.
 * @param report Takes a line of progress.
 * @throws Error that says what was found and what to do.
 */
export async function copyFile(
  client: Client,
  request: CopyRequest,
  report: Report,
): Promise<void> {
  const { target, sha256 } = request;
  const lost = new Promise<never>((_, reject) => {
    client.once("close", () =>
      reject(new Error("the connection was lost; run again, and the copy goes on from there")),
    );
  });
  lost.catch(() => undefined);
  const work = async () => {
    const sftp = await Sftp.open(client);
    const there = await sftp.size(target).catch(unwritable(target));
    if (there !== undefined && (await remoteSum(client, target, request, report)) === sha256) {
      report(`${target} is there already, with the right sum`);
      return;
    }
    await transfer(client, sftp, request, report);
    report(`${target} is complete, with the right sum`);
  };
  await Promise.race([work(), lost]);
}
