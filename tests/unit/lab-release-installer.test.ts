import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { writeArchive } from "../../lab/release/archive";
import { composeImages, stageOf } from "../../lab/release/images";
import { buildContext, installerEntries, releaseFiles } from "../../lab/release/installer";
import { contentHash, type SourceFile } from "../../lab/release/source-files";
import { SCHEMA_FILE, shapeOf, STAND_INS } from "../../lab/release/versions";
import { readInstaller } from "../../release/installer";
import { renderRelease } from "../../release/render";
import { releaseSettings } from "./fixtures/releases";

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

/** Writes a version's installer as the lab does, with a stand-in for the images. */
async function writeInstaller(
  version: (typeof STAND_INS)[number],
  online = false,
): Promise<string> {
  const images = join(folder, "images");
  writeFileSync(images, Buffer.alloc(200_000, 7));
  const target = join(folder, `${version}.tgz`);
  const files = await releaseFiles(version);
  await writeArchive(target, installerEntries(version, files, online ? undefined : images));
  return target;
}

describe.each(STAND_INS)("installer of %s", (version) => {
  const shape = shapeOf(version);
  let context: SourceFile[];
  beforeAll(async () => {
    context = await buildContext(version);
  });

  it("has the layout of a release, the images last", async () => {
    const names = await list(await writeInstaller(version));
    expect(names[0]).toBe("755 harbor/");
    expect(names.at(-1)).toBe(`644 harbor/harbor.v${version}.tar.gz`);
    const jobservice = shape === "1.1" ? "app.conf" : "config.yml";
    expect(names).toEqual(
      expect.arrayContaining([
        "755 harbor/common/templates/nginx/",
        "644 harbor/common/templates/adminserver/env",
        `644 harbor/common/templates/jobservice/${jobservice}`,
        "644 harbor/common/templates/nginx/nginx.https.conf",
        "644 harbor/common/templates/ui/private_key.pem",
        "644 harbor/docker-compose.yml",
        "644 harbor/harbor.cfg",
        "755 harbor/install.sh",
        "755 harbor/prepare",
      ]),
    );
  });

  it("has no images when it is an online one", async () => {
    const installer = await readInstaller(await writeInstaller(version, true));
    expect(installer).toMatchObject({ version });
    expect(installer.imageArchive).toBeUndefined();
  });

  it("is the same to the byte when it is written again", async () => {
    const first = readFileSync(await writeInstaller(version));
    expect(readFileSync(await writeInstaller(version)).equals(first)).toBe(true);
  });

  it.each(["http", "https"] as const)("is rendered for %s", async (protocol) => {
    const installer = await readInstaller(await writeInstaller(version));
    expect(installer).toMatchObject({ version, imageArchive: `harbor/harbor.v${version}.tar.gz` });
    const tls = { certificate: "chain\n", key: "Secret-tls\n" };
    const files = renderRelease(installer, releaseSettings({ protocol, tls }));
    const text = (path: string): string =>
      files.find((file) => file.path === path)?.content ?? `no ${path}`;
    // What is left of a dollar and a name is nginx's own, and the pattern that matches nothing.
    for (const { path, content } of files) {
      const variables = content.match(/\$\{?[a-z_]+/g) ?? [];
      expect(path.includes("nginx") ? [] : variables).toEqual([]);
    }
    expect(text("common/config/adminserver/env")).toContain("MYSQL_HOST=db.example.com\n");
    const realm = `realm: ${protocol}://hub.example.com:8070/service/token\n`;
    expect(text("common/config/registry/config.yml")).toContain(realm);
    expect(text("common/config/nginx/nginx.conf")).toContain(
      `listen ${protocol === "https" ? "443 ssl" : "80"};`,
    );
    const compose = text("docker-compose.yml");
    expect(compose).not.toMatch(/^ {2}(mysql|redis):$/m);
    expect(compose).toContain(`"8070:${protocol === "https" ? "443" : "80"}"`);
    expect(compose).toContain("/mnt/shared/data/job_logs:/var/log/jobs");
  });

  it("names images of its own version, each with a stage of the Dockerfile", async () => {
    const images = composeImages(await releaseFiles(version));
    expect(images.every((image) => image.endsWith(`v${version}`))).toBe(true);
    const text = (name: string): string =>
      context.find((file) => file.name === name)?.content.toString("utf8") ?? "";
    const stages = [...text("Dockerfile").matchAll(/^FROM files AS (\S+)$/gm)].map(
      ([, name]) => name,
    );
    // Only from 1.5 on a release brings a Redis.
    const wanted = stages.filter((stage) => shape === "1.5" || stage !== "redis");
    expect(images.map(stageOf).sort()).toEqual(wanted.sort());
    expect(text("VERSION")).toBe(`v${version}-standin\n`);
  });

  it("has a schema that removes what is there first and says last that it is complete", () => {
    const schema = context.find(({ name }) => name === "registry.sql")?.content.toString("utf8");
    const statements = (schema ?? "")
      .replace(/^\s*--.*$/gm, "")
      .split(/;\s*/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== "");
    expect(statements.slice(0, 3)).toEqual([
      "drop database if exists registry",
      "create database registry charset = utf8",
      "use registry",
    ]);
    const revision = shape === "1.1" ? "0.4.0" : "1.5.0";
    expect(statements.at(-1)).toBe(`insert into alembic_version values ('${revision}')`);
    const entrypoint = context.find(({ name }) => name === "db-entrypoint.sh")?.content;
    expect(entrypoint?.toString("utf8")).toContain(SCHEMA_FILE[shape]);
  });

  it("holds no key", async () => {
    for (const { content } of await releaseFiles(version)) {
      expect(content.toString("utf8")).not.toMatch(/BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)/);
    }
  });
});

describe("installer", () => {
  it("fails for images that are not there", async () => {
    const entries = installerEntries("1.1.2", [], join(folder, "missing"));
    await expect(writeArchive(join(folder, "x.tgz"), entries)).rejects.toThrow("ENOENT");
  });

  it("needs images in its docker-compose.yml", () => {
    expect(() => composeImages([])).toThrow("no image");
  });

  it("of one shape differs in its version alone", async () => {
    const [first, second] = await Promise.all(
      (["1.5.3", "1.5.4"] as const).map(async (version) =>
        (await releaseFiles(version)).map(({ name, content }) => [
          name,
          content.toString("utf8").replaceAll(version, "VERSION"),
        ]),
      ),
    );
    expect(first).toEqual(second);
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
