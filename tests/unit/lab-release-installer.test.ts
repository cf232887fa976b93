import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { writeArchive } from "../../lab/release/archive";
import { installerEntries } from "../../lab/release/build";
import { composeImages, stageOf } from "../../lab/release/images";
import { contentHash, readSources } from "../../lab/release/source-files";

const RELEASE = join(__dirname, "..", "..", "lab", "release");
const release = () => readSources(join(RELEASE, "harbor"));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function list(file: string): Promise<string[]> {
  const names: string[] = [];
  const tar = createReadStream(file).pipe(createGunzip()).pipe(extract());
  for await (const entry of tar) {
    const mode = (entry.header.mode ?? 0).toString(8);
    names.push(`${mode} ${entry.header.name}`);
    entry.resume();
  }
  return names;
}

describe("installer", () => {
  it("has the layout of a release, the images last", async () => {
    const images = join(folder, "images");
    writeFileSync(images, "images");
    const target = join(folder, "installer.tgz");
    await writeArchive(target, installerEntries(await release(), images));
    const names = await list(target);
    expect(names[0]).toBe("755 harbor/");
    expect(names.at(-1)).toBe("644 harbor/harbor.v1.1.2.tar.gz");
    expect(names).toEqual(
      expect.arrayContaining([
        "755 harbor/common/templates/nginx/",
        "644 harbor/common/templates/adminserver/env",
        "644 harbor/common/templates/nginx/nginx.https.conf",
        "644 harbor/common/templates/ui/private_key.pem",
        "644 harbor/docker-compose.yml",
        "644 harbor/harbor.cfg",
        "755 harbor/install.sh",
        "755 harbor/prepare",
      ]),
    );
  });

  it("is the same to the byte when it is written again", async () => {
    const images = join(folder, "images");
    writeFileSync(images, Buffer.alloc(200_000, 7));
    const entries = installerEntries(await release(), images);
    const [first, second] = [join(folder, "1.tgz"), join(folder, "2.tgz")];
    await writeArchive(first, entries);
    await writeArchive(second, entries);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });

  it("fails for images that are not there", async () => {
    const entries = installerEntries([], join(folder, "missing"));
    await expect(writeArchive(join(folder, "x.tgz"), entries)).rejects.toThrow("ENOENT");
  });
});

describe("release files", () => {
  it("hold no key", async () => {
    for (const { content } of await release()) {
      expect(content.toString("utf8")).not.toMatch(/BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/);
    }
  });

  it("name an image for each stage of the Dockerfile", () => {
    const compose = readFileSync(join(RELEASE, "harbor", "docker-compose.yml"), "utf8");
    const dockerfile = readFileSync(join(RELEASE, "image", "Dockerfile"), "utf8");
    const stages = [...dockerfile.matchAll(/^FROM files AS (\S+)$/gm)].map((match) => match[1]);
    expect(composeImages(compose).map(stageOf).sort()).toEqual(stages.sort());
    expect(() => composeImages("services: {}")).toThrow("no image");
  });
});

describe("content hash", () => {
  const file = { name: "a", content: Buffer.from("x"), executable: false };

  it("changes with a name, a mode, a content and a part", () => {
    const hashes = [
      contentHash([file], ["1"]),
      contentHash([{ ...file, name: "b" }], ["1"]),
      contentHash([{ ...file, executable: true }], ["1"]),
      contentHash([{ ...file, content: Buffer.from("y") }], ["1"]),
      contentHash([file], ["2"]),
      contentHash([file], ["1", ""]),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(contentHash([{ ...file }], ["1"])).toBe(hashes[0]);
  });
});
