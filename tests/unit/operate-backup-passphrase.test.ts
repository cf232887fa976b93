import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPassphrase } from "../../operate/passphrase";

const VARIABLE = "HARBOR_HA_BACKUP_PASSPHRASE";
const folder = mkdtempSync(join(tmpdir(), "harbor-ha-passphrase-"));
const file = join(folder, "passphrase");
afterEach(() => delete process.env[VARIABLE]);
afterAll(() => rmSync(folder, { recursive: true }));

test("a file's last line end is no part of it, and the file goes before the environment", async () => {
  writeFileSync(file, " twelve or more \n");
  process.env[VARIABLE] = "of the environment";
  expect(await readPassphrase(file, true)).toBe(" twelve or more ");
  expect(await readPassphrase(undefined, true)).toBe("of the environment");
});

test("one that is too short is refused and not repeated", async () => {
  process.env[VARIABLE] = "short-secret".slice(1);
  const error = await readPassphrase(undefined, true).then(String, String);
  expect(error).toContain("at least 12 characters");
  expect(error).not.toContain("hort-secret");
});

test("a file that is not there is said", async () => {
  await expect(readPassphrase(join(folder, "no"), false)).rejects.toThrow(
    "cannot be read (ENOENT)",
  );
});

test("without a terminal there has to be one of the two", async () => {
  const { isTTY } = process.stdin;
  process.stdin.isTTY = false;
  try {
    await expect(readPassphrase(undefined, false)).rejects.toThrow(
      `give it with --passphrase-file FILE or in ${VARIABLE}`,
    );
  } finally {
    process.stdin.isTTY = isTTY;
  }
});
