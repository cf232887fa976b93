import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { startGitHub } from "./fixtures/github-server";
import { ROOT, step } from "./fixtures/pipeline";

/*
 * The workflows' scripts, with a stand-in for what they start on hosts and on a stack: it writes down
 * how it was called, and does what the test tells it.
 */

const PREVIEW = join(__dirname, "fixtures/previews/one-setting.json");

let folder: string;
let bin: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "harbor-ha-"));
  bin = join(folder, "bin");
  await mkdir(bin);
  // The project as a workflow has it, with an `out` of its own.
  const parts = ["host", "loader.js", "node_modules", "package.json", "release", "review"];
  for (const part of parts) await symlink(join(ROOT, part), join(folder, part));
  // They find the project by their own place, so they have to be here.
  await cp(join(ROOT, "pipeline"), join(folder, "pipeline"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

/** A program on PATH that writes its call down and then does this. */
async function standIn(name: string, body: string): Promise<void> {
  const calls = join(folder, "calls");
  await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${calls}\n${body}\n`);
  await chmod(join(bin, name), 0o755);
}
const calls = () => readFile(join(folder, "calls"), "utf8").catch(() => "");
const left = (name: string) => readFile(join(folder, "out", name), "utf8");

async function script(name: string, environment: Record<string, string> = {}) {
  const PATH = [bin, process.env["PATH"]].join(delimiter);
  return step(["bash", join("pipeline", name)], { PATH, ...environment }, folder);
}

test.each(["preview.sh", "previewed.sh", "up.sh", "drift.sh", "comment.sh"])(
  "%s names what is missing, and does nothing",
  async (name) => {
    await standIn("pulumi", "exit 0");
    await standIn("npm", "exit 0");
    const { code, text } = await script(name);
    expect(code).toBe(1);
    expect(text).toMatch(/^missing in the environment:\n {2}(STACKS?|RESULTS): /);
    expect(text).toContain("docs/pipeline.md");
    expect(await calls()).toBe("");
  },
);

describe("a preview", () => {
  test("is kept, shown in the step's summary, and changes nothing", async () => {
    await standIn("pulumi", `cat ${PREVIEW}`);
    const GITHUB_STEP_SUMMARY = join(folder, "summary");
    const ended = await script("preview.sh", { STACK: "prod", GITHUB_STEP_SUMMARY });
    expect(ended).toEqual({ code: 0, text: "prod: previewed\n" });
    expect(await calls()).toBe("pulumi preview --json --non-interactive --stack prod\n");
    expect(await left("prod.json")).toBe(await readFile(PREVIEW, "utf8"));
    expect(await readFile(GITHUB_STEP_SUMMARY, "utf8")).toContain("- **prod**: 3 nodes change");
  });

  test("that fails leaves what it said, and fails", async () => {
    await standIn("pulumi", `echo '{"diagnostics": []}'; echo "error: it failed" >&2; exit 255`);
    const { code, text } = await script("preview.sh", { STACK: "prod" });
    expect(code).toBe(1);
    expect(text).toMatch(/error: it failed\nprod: the preview failed; correct what it says/);
    expect(await left("prod.json")).toBe('{"diagnostics": []}\n');
  });
});

describe("a deployment", () => {
  test("is previewed, then made", async () => {
    await standIn("pulumi", `[ "$1" != preview ] || cat ${PREVIEW}`);
    expect((await script("up.sh", { STACK: "staging" })).code).toBe(0);
    expect((await calls()).split("\n")).toEqual([
      "pulumi preview --json --non-interactive --stack staging",
      "pulumi up --yes --skip-preview --non-interactive --stack staging",
      "",
    ]);
  });

  test("is not made where the preview fails", async () => {
    await standIn("pulumi", '[ "$1" != preview ]');
    expect((await script("up.sh", { STACK: "staging" })).code).toBe(1);
    expect(await calls()).not.toContain("pulumi up");
  });

  test("that fails says that the line stops, and how to go on", async () => {
    await standIn("pulumi", `[ "$1" = preview ] && cat ${PREVIEW}`);
    const { code, text } = await script("up.sh", { STACK: "staging" });
    expect(code).toBe(1);
    expect(text).toMatch(
      /staging: the deployment failed, and the line stops here\..*run this job again/,
    );
  });
});

test.each([0, 1, 2])("a look that ends with %i is kept, and is no failure", async (status) => {
  await standIn("npm", `echo '{"checks": []}'; echo "verify: said" >&2; exit ${String(status)}`);
  const { code, text } = await script("drift.sh", { STACK: "prod" });
  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringContaining(`prod: verify ended with ${String(status)}`),
  });
  expect(await calls()).toBe("npm run --silent verify -- --stack prod --json\n");
  expect(await left("prod.status")).toBe(`${String(status)}\n`);
  expect(await left("prod.json")).toBe('{"checks": []}\n');
  expect(await left("prod.log")).toBe("verify: said\n");
});

test("the comment is made of every stack's preview, also of one that is missing", async () => {
  const github = await startGitHub();
  try {
    await mkdir(join(folder, "out"));
    await copyFile(PREVIEW, join(folder, "out/staging.json"));
    const environment = { ...github.environment, PULL_REQUEST: "3", REVISION: "0123456789abcdef" };
    const STACKS = '["staging","prod"]';
    const { code, text } = await script("comment.sh", { ...environment, STACKS });
    expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^posted: /) });
    const body = github.comments.get(3)![0]!.body;
    expect(body).toContain("## What this change would do (0123456789)");
    expect(body).toContain("- **staging**: 3 nodes change");
    expect(body).toContain("- **prod**: **the preview could not run**");
    expect((await script("comment.sh", { ...environment, STACKS: "[]" })).text).toMatch(/^edited/);
    expect(github.comments.get(3)).toHaveLength(1);
    expect(github.comments.get(3)![0]!.body).toContain("This change touches no stack");
  } finally {
    await github.stop();
  }
});

test("stacks that are no list are said, and nothing is posted", async () => {
  const github = await startGitHub();
  try {
    const environment = { ...github.environment, PULL_REQUEST: "3", REVISION: "0123abc" };
    const { code, text } = await script("comment.sh", { ...environment, STACKS: "staging" });
    expect(code).toBe(1);
    expect(text).toMatch(/STACKS is staging; it must be a JSON list of stacks/);
    expect(github.calls).toEqual([]);
  } finally {
    await github.stop();
  }
});

test("a pull request without secrets is told why it has no preview", async () => {
  const GITHUB_STEP_SUMMARY = join(folder, "summary");
  const { code, text } = await script("skipped.sh", { GITHUB_STEP_SUMMARY });
  expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/^No preview: /) });
  expect(await readFile(GITHUB_STEP_SUMMARY, "utf8")).toBe(text);
});

test.each([
  ["success success", 0, "every stack that this change touches was previewed"],
  ["success skipped", 0, "every stack"],
  ["skipped skipped", 0, "every stack"],
  ["failure skipped", 1, "came to nothing (failure)"],
  ["success failure", 1, "came to nothing (failure)"],
  ["success cancelled", 1, "came to nothing (cancelled)"],
])("jobs that end with %s: the one check ends with %i", async (RESULTS, code, words) => {
  const ended = await script("previewed.sh", { RESULTS });
  expect(ended).toEqual({ code, text: expect.stringContaining(words) });
});
