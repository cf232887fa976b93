import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { RESTORE_DIR } from "../../components/external-database";
import { commandText, standardInput } from "../../host/command";
import { runStep } from "../../host/ssh/step";
import { sha256 } from "../backup/archive-writer";
import { DUMP, imageLines } from "../backup/format";
import type { Host } from "../hosts";
import { type Backup, withDump } from "./archive-reader";

/** Ends where the members fail: the node sees that they are not whole, and waits no longer. */
async function* input(script: string, members: Pack): AsyncGenerator<Buffer> {
  yield Buffer.from(script);
  try {
    yield* members as unknown as AsyncIterable<Buffer>;
  } catch {
    // Whoever fills them says why.
  }
}

/**
 * Brings a backup's dump and its list of images to a node, where the next deployment finds them.
 * The dump is decrypted on the way and stands in no file of this machine.
 * @throws NoConnection, StepFailed, or an Error of the archive
 */
export async function sendBackup(
  { node, connection, sudo }: Host,
  archive: { readonly file: string; readonly passphrase: string; readonly backup: Backup },
  report: (line: string) => void,
): Promise<void> {
  const { file, passphrase, backup } = archive;
  const images = Buffer.from(imageLines(backup.images));
  const dump = backup.manifest.members[DUMP];
  const command = commandText({
    step: "restore",
    node,
    sudo,
    parameters: { RESTORE_DIR, DUMP_SHA256: dump.sha256, IMAGES_SHA256: sha256(images) },
  });
  const members = pack();
  const stdin = Readable.from(input(standardInput({ steps: ["restore"] }), members), {
    objectMode: false,
  });
  const fill = async () => {
    members.entry({ name: "images" }, images);
    await withDump(file, passphrase, (bytes) =>
      pipeline(bytes, members.entry({ name: DUMP, size: dump.size }) as unknown as Writable),
    );
    members.finalize();
  };
  const filled = fill().catch((error: Error) => {
    members.destroy(error);
    throw error;
  });
  const [sent, ran] = await Promise.allSettled([
    filled,
    runStep({ node, connection, command, stdin }, report).finally(() => stdin.resume()),
  ]);
  for (const part of [sent, ran]) if (part.status === "rejected") throw part.reason;
}
