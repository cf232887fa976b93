import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { touchedStacks } from "../../pipeline/touched-stacks";
import { program, step } from "./fixtures/pipeline";

const FILES = [
  ...["Pulumi.yaml", "Pulumi.lab.yaml", "Pulumi.prod.yaml", "Pulumi.staging.yaml"],
  ...["Pulumi.berlin.yaml", "Pulumi.mine.local.yaml", "index.ts"],
];
const ALL = ["staging", "prod", "berlin"];

test.each<[string, string[]]>([
  ["Pulumi.prod.yaml", ["prod"]],
  ["Pulumi.staging.yaml", ["staging"]],
  ["Pulumi.yaml", ALL],
  ["index.ts", ALL],
  ["components/harbor-cluster.ts", ALL],
  ["host/scripts/start.sh", ALL],
  ["release/compose.ts", ALL],
  ["settings/schema.ts", ALL],
  ["harbor/versions.ts", ALL],
  ["package-lock.json", ALL],
  ["loader.js", ALL],
  ["README.md", []],
  ["docs/settings.ts", []],
  ["tests/unit/loader.test.ts", []],
  ["lab/main.ts", []],
  ["operate/verify/main.ts", []],
  ["review/comment.ts", []],
  ["pipeline/up.sh", []],
  [".github/workflows/up.yml", []],
  ["Pulumi.lab.yaml", []],
  ["Pulumi.mine.local.yaml", []],
  ["docs/Pulumi.prod.yaml", []],
])("a change of %s touches %j", (file, stacks) => {
  expect(touchedStacks([file], FILES)).toEqual({ stacks, removed: [] });
});

test("staging comes before prod, whatever changed first; a file that goes is said", () => {
  expect(touchedStacks(["Pulumi.prod.yaml", "Pulumi.staging.yaml"], FILES).stacks).toEqual([
    "staging",
    "prod",
  ]);
  expect(touchedStacks(["Pulumi.old.yaml", "README.md"], FILES)).toEqual({
    stacks: [],
    removed: ["old"],
  });
});

test("without a commit to compare with, every stack counts", () => {
  expect(touchedStacks(undefined, FILES).stacks).toEqual(ALL);
});

describe("in a repository", () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  const commit = async (file: string, text: string) => {
    await writeFile(join(folder, file), text);
    git("add", ".");
    git("commit", "-q", "-m", file);
    return git("rev-parse", "HEAD");
  };
  const stacks = async (BASE: string, HEAD: string) => {
    const GITHUB_OUTPUT = join(folder, "..", "output");
    await writeFile(GITHUB_OUTPUT, "");
    const ended = await step(program("stacks.ts"), { BASE, HEAD, GITHUB_OUTPUT }, folder);
    return { ...ended, output: await readFile(GITHUB_OUTPUT, "utf8") };
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "harbor-ha-"));
    execFileSync("mkdir", [join(folder, "repository")]);
    folder = join(folder, "repository");
    git("init", "-q", "-b", "main");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true }));

  test("what the change itself touches counts, not what came to main meanwhile", async () => {
    const base = await commit("Pulumi.staging.yaml", "config: {}\n");
    await commit("Pulumi.prod.yaml", "config: {}\n");
    git("checkout", "-q", "-b", "change");
    const head = await commit("Pulumi.staging.yaml", "config: { a: 1 }\n");
    git("checkout", "-q", "main");
    const main = await commit("index.ts", "export {};\n");
    expect(await stacks(main, head)).toEqual({
      code: 0,
      text: "touched: staging\n",
      output: 'stacks=["staging"]\n',
    });
    expect((await stacks(base, main)).output).toBe('stacks=["staging","prod"]\n');
    expect((await stacks("0".repeat(40), main)).output).toBe('stacks=["staging","prod"]\n');
    expect((await stacks("", main)).output).toBe('stacks=["staging","prod"]\n');
    expect((await stacks(head, head)).output).toBe("stacks=[]\n");
  });

  test("a commit that is not there is said, with what to do", async () => {
    const head = await commit("Pulumi.prod.yaml", "config: {}\n");
    const { code, text, output } = await stacks("1".repeat(40), head);
    expect(code).toBe(1);
    expect(text).toMatch(/git can't compare 1{40} with .*\n.*fetch-depth: 0/);
    expect(output).toBe("");
  });
});
