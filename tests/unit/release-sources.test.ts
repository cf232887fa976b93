import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSources } from "../../release/sources";
import { writeInstaller } from "./fixtures/releases";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-sources-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ["below the project", "archives/i.tgz", "archives/i.tgz"],
  ["beside it, as it stands in the settings", "../i.tgz", "../i.tgz"],
])("a path %s is the same wherever the project lies", async (_, given, named) => {
  const projectDir = join(folder, "project");
  mkdirSync(join(projectDir, "archives"), { recursive: true });
  await writeInstaller(join(projectDir, given), "images");
  expect(await archiveOf(given, projectDir)).toBe(named);
});

test("an absolute path stays one, except below the project", async () => {
  const projectDir = join(folder, "project");
  mkdirSync(projectDir);
  for (const [file, named] of [
    [join(folder, "i.tgz"), join(folder, "i.tgz")],
    [join(projectDir, "i.tgz"), "i.tgz"],
  ] as const) {
    await writeInstaller(file, "images");
    expect(await archiveOf(file, projectDir)).toBe(named);
  }
});

/** The path of an archive as the stack's state gets it. */
async function archiveOf(given: string, projectDir: string): Promise<string | undefined> {
  const { images } = await readSources(
    {
      release: { installer: given },
      images: { source: "installer" },
    },
    { projectDir, cacheDir: join(folder, "cache"), report: () => undefined },
  );
  return images.source === "file" ? images.archive.file : undefined;
}
