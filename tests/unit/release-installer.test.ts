import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack, type Header } from "tar-stream";
import { readInstaller, ReleaseError } from "../../release/installer";
import { releaseFiles } from "./fixtures/releases";

type Entry = [header: Partial<Header> & { name: string }, text?: string | Buffer];

const RELEASE: Entry[] = [...releaseFiles("early-release")].map(([path, text]) => [
  { name: `harbor/${path}` },
  text,
]);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-installer-"));
  file = join(folder, "harbor.tgz");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function tar(entries: Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const [header, text] of entries) archive.entry(header, text ?? "");
  archive.finalize();
  return buffer(archive);
}

async function archive(entries: Entry[]): Promise<void> {
  writeFileSync(file, gzipSync(await tar(entries)));
}

async function failure(options?: Parameters<typeof readInstaller>[1]): Promise<string> {
  const error: unknown = await readInstaller(file, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ReleaseError);
  return (error as ReleaseError).message;
}

test("reads the configuration files, sorted, and the sum of the archive", async () => {
  await archive([
    [{ name: "harbor/", type: "directory" }],
    [{ name: "harbor/install.sh" }, "exit 1\n"],
    ...RELEASE,
    [{ name: "harbor/docker-compose.notary.yml" }, "services: {}\n"],
  ]);
  const installer = await readInstaller(file);
  expect(installer.version).toBe("1.1.9");
  expect([...installer.files.keys()]).toEqual(
    [...releaseFiles("early-release").keys(), "docker-compose.notary.yml"].sort(),
  );
  expect(installer.files.get("harbor.cfg")).toBe(releaseFiles("early-release").get("harbor.cfg"));
  expect(installer.sha256).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
  expect(installer.size).toBe(statSync(file).size);
  expect(installer).not.toHaveProperty("imageArchive");
});

test("names the bundled images as tar finds them, without reading them, also with a ./", async () => {
  await archive([
    [{ name: "./harbor/harbor.v1.1.9.tar.gz" }, Buffer.alloc(3 * 1024 * 1024)],
    ...RELEASE.map(([{ name }, text]): Entry => [{ name: `./${name}` }, text]),
  ]);
  const installer = await readInstaller(file);
  expect(installer.imageArchive).toBe("./harbor/harbor.v1.1.9.tar.gz");
  expect(installer.files.has("harbor.v1.1.9.tar.gz")).toBe(false);
});

test.each<[string, Entry]>([
  ["leads out of the archive", [{ name: "harbor/../../etc/passwd" }, "x"]],
  ["absolute", [{ name: "/etc/passwd" }, "x"]],
  [
    "is a symlink",
    [{ name: "harbor/common/templates/x", type: "symlink", linkname: "/etc/passwd" }],
  ],
  [
    "is a link",
    [{ name: "harbor/common/templates/x", type: "link", linkname: "harbor/harbor.cfg" }],
  ],
  ["is a character-device", [{ name: "harbor/x", type: "character-device" }]],
  ["twice", [{ name: "harbor/harbor.cfg" }, "hostname = other\n"]],
  ["larger than 1 MiB", [{ name: "harbor/common/templates/x" }, Buffer.alloc(1024 * 1024 + 1)]],
])("refuses an entry that %s", async (why, entry) => {
  await archive([...RELEASE, entry]);
  expect(await failure()).toMatch(new RegExp(`^installer: .*${why}`));
});

test.each(["harbor.cfg", "docker-compose.yml", "common/templates"])("misses %s", async (path) => {
  await archive(RELEASE.filter(([{ name }]) => !name.startsWith(`harbor/${path}`)));
  expect(await failure()).toContain(`no harbor/${path}`);
});

test("says that an installer with a harbor.yml is not supported yet", async () => {
  await archive([[{ name: "harbor/harbor.yml" }, "hostname: x\n"]]);
  expect(await failure()).toMatch(/1\.8 or later.*not supported yet; supported: 1\.1 to 1\.5/);
});

test("asks for an image tag to tell the version by", async () => {
  await archive(
    RELEASE.map(([header, text]): Entry => [header, String(text).replaceAll(":v1.1.9", ":latest")]),
  );
  expect(await failure()).toMatch(/no image harbor-log:vX\.Y\.Z/);
});

test("refuses what is no gzip, empty, a folder, or not there", async () => {
  expect(await failure()).toMatch(/cannot be read \(ENOENT\)/);
  writeFileSync(file, "");
  expect(await failure()).toMatch(/is empty/);
  writeFileSync(file, "PK, not a gzip archive");
  expect(await failure()).toMatch(/not a gzip archive/);
  rmSync(file);
  await expect(readInstaller(folder)).rejects.toThrow(/is not a file/);
});

test("refuses an archive that ends too early, in the compression or below it", async () => {
  const whole = await tar(RELEASE);
  const packed = gzipSync(whole);
  for (const part of [packed.subarray(0, packed.length / 2), gzipSync(whole.subarray(0, 700))]) {
    writeFileSync(file, part);
    expect(await failure()).toMatch(/truncated or damaged/);
  }
});

test("refuses data after the archive's end", async () => {
  await archive(RELEASE);
  appendFileSync(file, Buffer.alloc(2 * 1024 * 1024, "x"));
  expect(await failure()).toMatch(/damaged/);
});

test("the sum is the whole file's, padding after the archive included", async () => {
  await archive(RELEASE);
  appendFileSync(file, Buffer.alloc(1024 * 1024));
  const installer = await readInstaller(file);
  expect(installer.size).toBe(statSync(file).size);
  expect(installer.sha256).toBe(createHash("sha256").update(readFileSync(file)).digest("hex"));
});

test("refuses more configuration than any release has", async () => {
  const large = Array.from({ length: 17 }, (_, i): Entry => [
    { name: `harbor/common/templates/${i}` },
    Buffer.alloc(1024 * 1024),
  ]);
  await archive([...RELEASE, ...large]);
  expect(await failure()).toMatch(/over 16 MiB/);
});

test("notices an archive that grows while it is read", async () => {
  await archive([...RELEASE, [{ name: "harbor/x" }, randomBytes(8 * 1024 * 1024)]]);
  const growing = setInterval(() => appendFileSync(file, Buffer.alloc(1)), 1);
  const message = await failure().finally(() => clearInterval(growing));
  expect(message).toMatch(/was changed while it was read/);
});

test("compares the sum with the one asked for, upper case or lower", async () => {
  await archive(RELEASE);
  const { sha256 } = await readInstaller(file);
  await expect(readInstaller(file, { sha256: sha256.toUpperCase() })).resolves.toBeDefined();
  const other = "0".repeat(64);
  const message = await failure({ sha256: other });
  expect(message).toContain(sha256);
  expect(message).toContain(other);
});

describe("the cache", () => {
  const cacheDir = () => join(folder, "cache");
  const entry = () => join(cacheDir(), readdirSync(cacheDir())[0]!);

  test("answers as the archive does, and keeps one private file", async () => {
    await archive([...RELEASE, [{ name: "harbor/harbor.v1.1.9.tar.gz" }, "images"]]);
    const read = await readInstaller(file, { cacheDir: cacheDir() });
    expect(readdirSync(cacheDir())).toHaveLength(1);
    expect(statSync(entry()).mode & 0o777).toBe(0o600);
    const written = statSync(entry()).mtimeMs;
    expect(await readInstaller(file, { cacheDir: cacheDir() })).toEqual(read);
    expect(statSync(entry()).mtimeMs).toBe(written);
  });

  test("is what answers while the archive is the same file", async () => {
    await archive(RELEASE);
    await readInstaller(file, { cacheDir: cacheDir() });
    const kept = JSON.parse(readFileSync(entry(), "utf8")) as { key: string };
    writeFileSync(entry(), JSON.stringify({ ...kept, key: `${kept.key}0` }));
    await readInstaller(file, { cacheDir: cacheDir() });
    // Another file's entry was not served but written over.
    expect((JSON.parse(readFileSync(entry(), "utf8")) as { key: string }).key).toBe(kept.key);
  });

  test("sees a changed archive of the same size and time", async () => {
    const text = (hostname: string) =>
      RELEASE.map(([header, content]): Entry => [
        header,
        header.name.endsWith("harbor.cfg") ? `hostname = ${hostname}\n` : content,
      ]);
    const time = new Date(1_500_000_000_000);
    const write = async (hostname: string) => {
      // Stored, not compressed, so that the size stays.
      writeFileSync(file, gzipSync(await tar(text(hostname)), { level: 0 }));
      utimesSync(file, time, time);
    };
    await write("one.invalid");
    const before = await readInstaller(file, { cacheDir: cacheDir() });
    await write("two.invalid");
    const after = await readInstaller(file, { cacheDir: cacheDir() });
    expect(after.size).toBe(before.size);
    expect(after.files.get("harbor.cfg")).toBe("hostname = two.invalid\n");
  });

  test.each([
    ["is no JSON", () => "{"],
    ["is of another shape", () => "{}"],
    ["was edited", (text: string) => text.replace("registry.invalid", "evil.invalid")],
    ["was cut", (text: string) => text.slice(0, text.length / 2)],
  ])("reads the archive anew when the entry %s", async (_, spoil) => {
    await archive(RELEASE);
    const read = await readInstaller(file, { cacheDir: cacheDir() });
    const good = readFileSync(entry(), "utf8");
    writeFileSync(entry(), spoil(good));
    expect(await readInstaller(file, { cacheDir: cacheDir() })).toEqual(read);
    expect(readFileSync(entry(), "utf8")).toBe(good);
  });

  test("does not keep an archive with the wrong sum from being refused", async () => {
    await archive(RELEASE);
    await readInstaller(file, { cacheDir: cacheDir() });
    expect(await failure({ cacheDir: cacheDir(), sha256: "0".repeat(64) })).toMatch(/SHA-256/);
  });

  test("that cannot be written is done without", async () => {
    await archive(RELEASE);
    writeFileSync(cacheDir(), "a file where the folder should be");
    expect((await readInstaller(file, { cacheDir: cacheDir() })).version).toBe("1.1.9");
  });
});
