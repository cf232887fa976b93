import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { readSecretFile } from "./secret-file";

/** Where a passphrase may stand when no file is named. */
const VARIABLE = "HARBOR_HA_BACKUP_PASSPHRASE";
const OPTION = "--passphrase-file";

/** What it protects opens the registry, and whoever has the file may try for ever. */
const LEAST_CHARACTERS = 12;

/** Asks on the terminal, and shows nothing of the answer. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  terminal.once("SIGINT", () => process.exit(130));
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}

async function asked(twice: boolean): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new Error(
      `there is no terminal to ask for the passphrase: give it with ${OPTION} FILE or in ${VARIABLE}`,
    );
  }
  const passphrase = await ask("Passphrase of the backup: ");
  if (twice && (await ask("Again: ")) !== passphrase)
    throw new Error("the two passphrases differ: start again");
  return passphrase;
}

/**
 * The passphrase of a backup: from a file, whose last line end is no part of it, or else from the
 * environment, or else from the terminal.
 * @param twice whether it is asked for twice, as for a new backup
 * @throws Error for one that is too short, or none
 */
export async function readPassphrase(file: string | undefined, twice: boolean): Promise<string> {
  const passphrase =
    file === undefined
      ? process.env[VARIABLE] || (await asked(twice))
      : await readSecretFile(OPTION, file);
  if ([...passphrase].length < LEAST_CHARACTERS) {
    throw new Error(
      `the passphrase is too short; give one of at least ${LEAST_CHARACTERS} characters (${OPTION}, or ${VARIABLE})`,
    );
  }
  return passphrase;
}
