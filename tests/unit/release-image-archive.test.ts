import { createHash } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { missingImages, readImageArchive } from "../../release/image-archive";
import { readInstaller } from "../../release/installer";
import { ReleaseError } from "../../release/release-error";
import { releaseFiles } from "./fixtures/releases";

type Entry = [header: Partial<Header> & { name: string }, text?: string];

const manifest = (...tags: (string[] | null)[]): Entry => [
  { name: "manifest.json" },
  JSON.stringify(tags.map((RepoTags) => ({ Config: "a.json", RepoTags, Layers: ["a/layer.tar"] }))),
];
const SAVED: Entry[] = [
  [{ name: "a/", type: "directory" }],
  [{ name: "a/layer.tar" }, "layer"],
  [{ name: "b/layer.tar", type: "symlink", linkname: "../a/layer.tar" }],
  manifest(["vmware/nginx-photon:1.11.13", "vmware/harbor-log:v1.1.2"], null),
];
const INSTALLER: Entry[] = [
  ...[...releaseFiles("early-release")].map(([path, text]): Entry => [
    { name: `harbor/${path}` },
    text,
  ]),
  [{ name: "harbor/harbor.v1.1.9.tar.gz" }, "images"],
];

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-images-"));
  file = join(folder, "images");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function write(entries: Entry[], gzip = true): Promise<void> {
  const archive = pack();
  for (const [header, text] of entries) archive.entry(header, text ?? "");
  archive.finalize();
  const tar = await buffer(archive);
  writeFileSync(file, gzip ? gzipSync(tar) : tar);
}

async function failure(options?: Parameters<typeof readImageArchive>[1]): Promise<string> {
  const error: unknown = await readImageArchive(file, options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ReleaseError);
  return (error as ReleaseError).message;
}

test.each([
  ["compressed", true],
  ["plain", false],
])("names the images of docker save, %s", async (_, gzip) => {
  await write(SAVED, gzip);
  expect(await readImageArchive(file)).toEqual({
    sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
    size: statSync(file).size,
    images: ["vmware/harbor-log:v1.1.2", "vmware/nginx-photon:1.11.13"],
  });
});

test("names the bundled images of an offline installer", async () => {
  await write(INSTALLER);
  const archive = await readImageArchive(file);
  expect(archive.member).toBe("harbor/harbor.v1.1.9.tar.gz");
  expect(missingImages(archive, ["vmware/harbor-log:v1.1.2"])).toEqual([]);
});

test("is kept in the cache, beside the installer of the same file", async () => {
  await write(INSTALLER);
  const cacheDir = join(folder, "cache");
  const archive = await readImageArchive(file, { cacheDir });
  await readInstaller(file, { cacheDir });
  const names = readdirSync(cacheDir).sort();
  expect(names).toEqual([
    expect.stringMatching(/^images-[0-9a-f]{32}\.json$/),
    expect.stringMatching(/^installer-[0-9a-f]{32}\.json$/),
  ]);
  const entry = join(cacheDir, names[0]!);
  const written = statSync(entry).mtimeMs;
  expect(await readImageArchive(file, { cacheDir })).toEqual(archive);
  expect(statSync(entry).mtimeMs).toBe(written);
});

test.each<[string, Entry[]]>([
  ["neither a manifest.json.*nor the images of an offline", [[{ name: "x" }, "x"]]],
  ["manifest.json in images is not as docker save", [[{ name: "manifest.json" }, "{}"]]],
  ["manifest.json in images is not as docker save", [[{ name: "manifest.json" }, "["]]],
  ["leads out of the archive", [[{ name: "../x" }, "x"]]],
  ["is a character-device", [...SAVED, [{ name: "x", type: "character-device" }]]],
  ["twice", [...SAVED, manifest(["x:1"])]],
  [
    "neither a manifest.json",
    [[{ name: "manifest.json", type: "symlink", linkname: "/etc/passwd" }]],
  ],
])("refuses what has %s", async (why, entries) => {
  await write(entries);
  expect(await failure()).toMatch(new RegExp(`^images\\.archive: .*${why}`));
});

test("refuses what is no archive, cut, or of another sum", async () => {
  writeFileSync(file, "PK, neither");
  expect(await failure()).toMatch(/neither a tar nor a gzip archive; give the \.tar/);
  await write(SAVED, false);
  const { sha256 } = await readImageArchive(file, {});
  expect(await failure({ sha256: "0".repeat(64) })).toContain(`SHA-256 sum ${sha256}`);
  truncateSync(file, 1500);
  expect(await failure()).toMatch(/truncated or damaged/);
});

test("missing images are told as they are wanted, whatever the spelling", () => {
  const archive = {
    images: ["docker.io/library/nginx:1.11", "vmware/a:1", "redis:latest", "host:5000/x:latest"],
  };
  const there = ["nginx:1.11", "docker.io/vmware/a:1", "redis", "host:5000/x"];
  expect(missingImages(archive, there)).toEqual([]);
  const missing = ["nginx:1.12", "vmware/a", "library/b:1"];
  expect(missingImages(archive, [...there, ...missing])).toEqual(missing);
});
