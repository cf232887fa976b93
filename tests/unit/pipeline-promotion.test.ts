import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { program, step } from "./fixtures/pipeline";

const RELEASE = { version: "1.5.4", installer: "https://files.example.com/h.tgz", sha256: "ab12" };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "harbor-ha-"));
  await writeFile(join(folder, "Pulumi.yaml"), "name: harbor-ha\n");
});
afterEach(() => rm(folder, { recursive: true }));

/** Whether prod would get what staging has, with these values of `release` and `images`. */
async function promote(staging: object, prod: object) {
  for (const [stack, values] of Object.entries({ staging, prod })) {
    const config = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`harbor-ha:${key}`, value as unknown]),
    );
    await writeFile(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  }
  return step(program("promotion.ts"), { FROM: "staging", TO: "prod" }, folder);
}

test("the same release by its sum goes on, wherever it comes from", async () => {
  const release = {
    version: "v1.5.4",
    installer: "https://mirror.example.com/h.tgz",
    sha256: "AB12",
  };
  expect(await promote({ release: RELEASE }, { release })).toEqual({
    code: 0,
    text: "prod gets the release that staging runs\n",
  });
});

test("a key without the project's name is this project's, as the CLI takes it", async () => {
  await promote({}, {});
  const config = { release: RELEASE };
  for (const stack of ["staging", "prod"])
    await writeFile(join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
  const ended = await step(program("promotion.ts"), { FROM: "staging", TO: "prod" }, folder);
  expect(ended).toMatchObject({ code: 0 });
});

test("a default that one file writes out is no difference", async () => {
  const images = { source: "installer" };
  expect(await promote({ release: RELEASE }, { release: RELEASE, images })).toMatchObject({
    code: 0,
  });
});

test.each<[string, object, object, string[]]>([
  [
    "another version and another sum",
    { release: RELEASE },
    { release: { ...RELEASE, version: "1.5.3", sha256: "cd34" } },
    [
      "harbor-ha:release.version is 1.5.4 in Pulumi.staging.yaml and 1.5.3 in Pulumi.prod.yaml",
      "harbor-ha:release.sha256 is ab12 in Pulumi.staging.yaml and cd34 in Pulumi.prod.yaml",
    ],
  ],
  [
    "no sum at all",
    { release: { version: "1.5.4" } },
    { release: { version: "1.5.4" } },
    ["harbor-ha:release.sha256 is missing in Pulumi.staging.yaml and Pulumi.prod.yaml"],
  ],
  [
    "other images",
    { release: RELEASE, images: { source: "archive", sha256: "01" } },
    { release: RELEASE },
    [
      "harbor-ha:images.source is archive in Pulumi.staging.yaml and installer in Pulumi.prod.yaml",
      "harbor-ha:images.sha256 is 01 in Pulumi.staging.yaml and not set in Pulumi.prod.yaml",
    ],
  ],
])("%s stops the line and says all of it", async (_, staging, prod, problems) => {
  const { code, text } = await promote(staging, prod);
  expect(code).toBe(1);
  for (const problem of problems) expect(text).toContain(problem);
  expect(text).toMatch(/prod would not get what staging has proved, and was left as it is/);
  expect(text).toMatch(/Name the same release and the same sums in both files/);
});

test("a file that is not there, or no YAML, is said without its text", async () => {
  await promote({ release: RELEASE }, {});
  await writeFile(join(folder, "Pulumi.prod.yaml"), "config: {password: Secret\n");
  const ended = await step(program("promotion.ts"), { FROM: "staging", TO: "prod" }, folder);
  expect(ended).toMatchObject({
    code: 1,
    text: expect.stringContaining("is no valid YAML (line 2)"),
  });
  expect(ended.text).not.toContain("Secret");
  const missing = await step(program("promotion.ts"), { FROM: "staging", TO: "berlin" }, folder);
  expect(missing.text).toMatch(/Pulumi\.berlin\.yaml cannot be read \(ENOENT\)/);
});
