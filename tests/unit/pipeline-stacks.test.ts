import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { touchedStacks } from "../../pipeline/touched-stacks";
import { startGitHub } from "./fixtures/github-server";
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
  const stacks = async (environment: Record<string, string>) => {
    const GITHUB_OUTPUT = join(folder, "..", "output");
    await writeFile(GITHUB_OUTPUT, "");
    const ended = await step(program("stacks.ts"), { ...environment, GITHUB_OUTPUT }, folder);
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
    expect(await stacks({ BASE: main, HEAD: head })).toEqual({
      code: 0,
      text: "stacks: staging\n",
      output: 'stacks=["staging"]\n',
    });
    expect((await stacks({ BASE: base, HEAD: main })).output).toBe('stacks=["staging","prod"]\n');
    expect((await stacks({})).output).toBe('stacks=["staging","prod"]\n');
    expect((await stacks({ BASE: head, HEAD: head })).output).toBe("stacks=[]\n");
  });

  test("a file that goes is said, and its stack is none any more", async () => {
    await commit("Pulumi.staging.yaml", "config: {}\n");
    const base = await commit("Pulumi.old.yaml", "config: {}\n");
    git("rm", "-q", "Pulumi.old.yaml");
    const head = await commit("README.md", "");
    const { text, output } = await stacks({ BASE: base, HEAD: head });
    expect(output).toBe("stacks=[]\n");
    expect(text).toMatch(/Pulumi\.old\.yaml is taken away: .*pulumi destroy --stack old/);
  });

  describe("the line compares each environment with what it runs", () => {
    let github: Awaited<ReturnType<typeof startGitHub>>;
    beforeEach(async () => {
      github = await startGitHub();
    });
    afterEach(() => github.stop());

    const line = () => stacks({ ...github.environment, DEPLOYED: "true" });
    let ids = 0;
    const deploy = (environment: string, sha: string, state = "success", begun = true) =>
      github.deployments.unshift({ id: ++ids, environment, sha, state, begun });

    test("so that a change which a failed staging kept from prod is not lost", async () => {
      const first = await commit("Pulumi.staging.yaml", "config: {}\n");
      for (const stack of ["staging", "prod"]) deploy(stack, first);
      const change = await commit("Pulumi.prod.yaml", "config: { a: 1 }\n");
      deploy("staging", change, "failure");
      await commit("Pulumi.staging.yaml", "config: { b: 1 }\n");
      expect((await line()).output).toBe('stacks=["staging","prod"]\n');
    });

    test("and passes over what it has", async () => {
      await commit("Pulumi.prod.yaml", "config: {}\n");
      const now = await commit("Pulumi.staging.yaml", "config: {}\n");
      for (const stack of ["staging", "prod"]) deploy(stack, now);
      await commit("README.md", "text\n");
      await commit("Pulumi.berlin.yaml", "config: {}\n");
      expect((await line()).output).toBe("stacks=[]\n");
      await commit("Pulumi.staging.yaml", "config: { b: 1 }\n");
      expect((await line()).output).toBe('stacks=["staging"]\n');
    });

    test("also when a push took commits back, or away", async () => {
      const first = await commit("Pulumi.prod.yaml", "config: {}\n");
      const later = await commit("Pulumi.prod.yaml", "config: { a: 1 }\n");
      deploy("prod", later);
      git("reset", "-q", "--hard", first);
      expect((await line()).output).toBe('stacks=["prod"]\n');
      deploy("prod", "1".repeat(40));
      const { text, output } = await line();
      expect(output).toBe('stacks=["prod"]\n');
      expect(text).toMatch(/prod: what it runs is not known/);
    });

    test.each([
      ["failed on its way", "failure", true, ["staging"]],
      ["is under way", "in_progress", true, ["staging"]],
      ["waits for its approval", "waiting", false, ["staging"]],
      ["was rejected", "failure", false, []],
    ])("and a change that %s is taken back by its revert", async (_, state, begun, touched) => {
      const good = await commit("Pulumi.staging.yaml", "config: {}\n");
      deploy("staging", good);
      const bad = await commit("index.ts", "export {};\n");
      deploy("staging", bad, state, begun);
      git("revert", "--no-edit", bad);
      expect((await line()).output).toBe(`stacks=${JSON.stringify(touched)}\n`);
    });

    describe("and a run that is older than what was deployed is refused", () => {
      let older: string;
      let newer: string;
      beforeEach(async () => {
        older = await commit("Pulumi.prod.yaml", "config: {}\n");
        newer = await commit("Pulumi.prod.yaml", "config: { a: 1 }\n");
        git("update-ref", "refs/remotes/origin/main", newer);
      });
      const run = (HEAD: string) => {
        const environment = { ...github.environment, GITHUB_REF_NAME: "main", STACK: "prod", HEAD };
        return step(program("newer.ts"), environment, folder);
      };

      test("where it runs", async () => {
        deploy("prod", newer);
        expect(await run(newer)).toMatchObject({ code: 0 });
        const { code, text } = await run(older);
        expect(code).toBe(1);
        expect(text).toMatch(/prod runs .* it was left as it is\. Start the workflow anew on main/);
        expect(await run(await commit("README.md", ""))).toMatchObject({ code: 0 });
      });

      test("where it came in part", async () => {
        deploy("prod", older);
        deploy("prod", newer, "failure");
        const { code, text } = await run(older);
        expect(code).toBe(1);
        expect(text).toMatch(new RegExp(`prod was last given ${newer}, .* left as it is`));
      });

      test("not where it was rejected, or waits itself", async () => {
        deploy("prod", older);
        deploy("prod", newer, "failure", false);
        deploy("prod", newer, "waiting", false);
        expect(await run(older)).toMatchObject({ code: 0 });
      });

      test("not where a force-push took it away, also when the clone still has it", async () => {
        deploy("prod", newer);
        git("checkout", "-q", "-b", "other", older);
        const instead = await commit("Pulumi.prod.yaml", "config: { b: 1 }\n");
        git("update-ref", "refs/remotes/origin/main", instead);
        expect(await run(instead)).toMatchObject({ code: 0 });
      });
    });
  });

  test("a commit that is not there is said, with what to do", async () => {
    const head = await commit("Pulumi.prod.yaml", "config: {}\n");
    const { code, text, output } = await stacks({ BASE: "1".repeat(40), HEAD: head });
    expect(code).toBe(1);
    expect(text).toMatch(/git can't compare 1{40} with .*\n.*fetch-depth: 0/);
    expect(output).toBe("");
  });
});
