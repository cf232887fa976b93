/*
 * Encrypts or decrypts standard input to standard output, in the age format with a passphrase:
 *   node age.mjs encrypt|decrypt 3< PASSPHRASE
 * A program of its own, because the library is an ES module, which the rest of the project cannot load.
 */
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Decrypter, Encrypter } from "age-encryption";

const MODES = { encrypt, decrypt };

async function encrypt(passphrase, input) {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(input);
}

async function decrypt(passphrase, input) {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(input);
  } catch (error) {
    throw new Error(
      /no identity matched/.test(error.message)
        ? "the passphrase is another one, or the file's first bytes are damaged: give the one of this backup, or take another copy"
        : `this is no file that age encrypted with a passphrase, or it is damaged (${error.message}): name a backup (--archive), or take another copy`,
    );
  }
}

async function main(mode) {
  const passphrase = await text(createReadStream("", { fd: 3 }));
  const output = await MODES[mode](passphrase, Readable.toWeb(process.stdin));
  try {
    await pipeline(Readable.fromWeb(output), process.stdout);
  } catch (error) {
    if (mode === "encrypt" || error.code === "EPIPE") throw error;
    throw new Error("the file is damaged or cut off: get it anew from where it was kept");
  }
}

main(process.argv[2]).catch((error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
