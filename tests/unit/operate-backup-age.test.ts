import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { age } from "../../operate/age-filter";

/* The passphrase of a backup takes seconds to try, and more where others use the machine. */

const PASSPHRASE = "correct horse battery \u{1F40E}";
const CONTENT = randomBytes(300_000);

const folder = mkdtempSync(join(tmpdir(), "harbor-ha-age-"));
const file = join(folder, "file.age");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => age("encrypt", PASSPHRASE, Readable.from([CONTENT]), createWriteStream(file)));

async function decrypted(path: string, passphrase = PASSPHRASE): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await age("decrypt", passphrase, createReadStream(path), target);
  expect(target.writableFinished).toBe(true);
  return Buffer.concat(chunks);
}

/** The encrypted file, changed by a test. */
function changed(change: (bytes: Buffer) => Buffer): string {
  const path = join(folder, "changed.age");
  writeFileSync(path, change(readFileSync(file)));
  return path;
}

function flipped(at: number) {
  return (bytes: Buffer) => {
    bytes[at]! ^= 1;
    return bytes;
  };
}

test("what was encrypted is decrypted, and is an age file with a passphrase", async () => {
  expect((await decrypted(file)).equals(CONTENT)).toBe(true);
  const header = readFileSync(file).toString("latin1");
  expect(header).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S+ 18\n/);
  expect(readFileSync(file).includes(CONTENT.subarray(1000, 1032))).toBe(false);
});

test("another passphrase is said to be one", async () => {
  await expect(decrypted(file, "another passphrase")).rejects.toThrow(
    "the passphrase is another one",
  );
});

test.each([
  ["a byte of the content is another", () => changed(flipped(200_000)), "damaged or cut off"],
  [
    "its end is missing",
    () => changed((bytes) => bytes.subarray(0, -65_536)),
    "damaged or cut off",
  ],
  ["its first line is another", () => changed(flipped(20)), "no file that age encrypted"],
  ["it is empty", () => changed(() => Buffer.alloc(0)), "no file that age encrypted"],
])("damage is found: %s", async (_, path, said) => {
  await expect(decrypted(path())).rejects.toThrow(said);
});

test("a source that fails makes no whole file", async () => {
  const target = createWriteStream(join(folder, "half.age"));
  const source = Readable.from(
    (function* () {
      yield CONTENT;
      throw new Error("the source failed");
    })(),
  );
  await expect(age("encrypt", PASSPHRASE, source, target)).rejects.toThrow("the source failed");
  expect(target.writableFinished).toBe(false);
});

test("a target that fails is what is said", async () => {
  const target = new Writable({ write: (_chunk, _encoding, done) => done(new Error("disk full")) });
  await expect(age("encrypt", PASSPHRASE, Readable.from([CONTENT]), target)).rejects.toThrow(
    "disk full",
  );
});
