import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { LINE } from "../../pipeline/touched-stacks";
import { ROOT } from "./fixtures/pipeline";

interface Step {
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: unknown;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = join(ROOT, ".github/workflows");
const FILES = readdirSync(FOLDER).sort();
const workflow = (file: string) => parse(readFileSync(join(FOLDER, file), "utf8")) as Workflow;
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const action = parse(readFileSync(join(ROOT, ".github/actions/prepare/action.yml"), "utf8")) as {
  runs: { steps: readonly Step[] };
};

const JOBS = FILES.flatMap((file) =>
  Object.entries(workflow(file).jobs).map(([name, job]): [string, Job] => [`${file} ${name}`, job]),
);
const STEPS = [
  ...JOBS.flatMap(([name, { steps = [] }]) => steps.map((step): [string, Step] => [name, step])),
  ...action.runs.steps.map((step): [string, Step] => ["prepare", step]),
];

test("there is one workflow for each occasion", () => {
  expect(FILES).toEqual(["check.yml", "deploy.yml", "drift.yml", "preview.yml", "up.yml"]);
});

/** What a step may run: the project's own scripts, which tests run too; check.yml installs its tools. */
const RUNS = [
  /^npm ci$/,
  /^npm test$/,
  /^npm run (?:--silent )?([a-z:-]+)( -- --stack "\$STACK")?$/,
  /^(?:bash|node --require \.\/loader\.js) (pipeline\/[a-z-]+\.(?:sh|ts))$/,
  /^sudo apt-get update && sudo apt-get install -y --no-install-recommends shellcheck shfmt$/,
];

test.each(STEPS.filter(([, { run }]) => run !== undefined).map(([name, { run }]) => [name, run!]))(
  "%s runs a script of the repository: %s",
  (_, run) => {
    const [match] = RUNS.flatMap((known) => known.exec(run) ?? []);
    expect({ run, known: RUNS.some((known) => known.test(run)) }).toEqual({ run, known: true });
    expect(match).toBe(run);
    const script = /^npm run (?:--silent )?([a-z:-]+)/.exec(run)?.[1];
    if (script !== undefined) expect(scripts).toHaveProperty([script]);
    const file = /(pipeline\/\S+)$/.exec(run)?.[1];
    if (file !== undefined)
      expect({ file, there: existsSync(join(ROOT, file)) }).toEqual({ file, there: true });
  },
);

test.each(
  STEPS.filter(([, { uses }]) => uses && !uses.startsWith("./")).map(([n, s]) => [n, s.uses!]),
)("%s takes %s by its commit", (_, uses) => {
  expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
});

test("a checkout leaves no token behind", () => {
  const checkouts = STEPS.filter(([, { uses }]) => uses?.startsWith("actions/checkout@"));
  expect(checkouts.length).toBeGreaterThan(5);
  for (const [, { with: inputs }] of checkouts)
    expect(inputs).toMatchObject({ "persist-credentials": false });
});

test.each(FILES)("%s may do nothing but read, unless a job says more", (file) => {
  const { contents, ...others } = workflow(file).permissions;
  expect(contents).toBe("read");
  // To know what an environment runs.
  expect(["{}", '{"deployments":"read"}']).toContain(JSON.stringify(others));
});

test.each(JOBS)(
  "%s: a job with a stack's secrets may not write, and one that may write has none",
  (_, job) => {
    const text = JSON.stringify(job);
    const writes = Object.values(job.permissions ?? {}).includes("write");
    const secrets = /secrets\./.test(text) || job.environment !== undefined;
    expect({ writes, secrets }).not.toEqual({ writes: true, secrets: true });
    if (job.uses === undefined) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  },
);

test("a fork's pull request is not previewed, as it gets no secrets", () => {
  const { skipped, stacks, preview, comment } = workflow("preview.yml").jobs;
  const own = "github.event.pull_request.head.repo.full_name == github.repository";
  expect(stacks!.if).toBe(`${own} && github.actor != 'dependabot[bot]'`);
  expect(skipped!.if).toBe(`${own.replace("==", "!=")} || github.actor == 'dependabot[bot]'`);
  expect(preview!.needs).toBe("stacks");
  expect(comment!.if).toContain("needs.stacks.result == 'success'");
});

test("prod waits for staging, and gets the same commit and the same release", () => {
  const { staging, promotion, prod } = workflow("up.yml").jobs;
  for (const job of [staging, prod]) expect(job!.uses).toBe("./.github/workflows/deploy.yml");
  expect(promotion!.needs).toContain("staging");
  expect(prod!.needs).toBe("promotion");
  // Without one of these words a job runs only when what it needs has succeeded.
  for (const { if: condition = "" } of [promotion!, prod!])
    expect(condition).not.toMatch(/always\(\)|failure\(\)|cancelled\(\)/);
  expect(staging!.if).toContain("'prod'");
  expect(promotion!.steps!.flatMap(({ run }) => run ?? [])).toEqual([
    "npm ci",
    "node --require ./loader.js pipeline/promotion.ts",
    "node --require ./loader.js pipeline/approval.ts",
  ]);
  const { steps = [] } = workflow("deploy.yml").jobs["deploy"]!;
  for (const [checkout] of [steps, promotion!.steps!])
    expect(checkout!.with).toMatchObject({ ref: "${{ github.sha }}" });
  expect(steps.flatMap(({ run }) => run ?? [])).toEqual([
    "node --require ./loader.js pipeline/newer.ts",
    "bash pipeline/up.sh",
    'npm run prove -- --stack "$STACK"',
    'npm run verify -- --stack "$STACK"',
  ]);
});

test("what a cancelled run has not finished is told to nobody", () => {
  const jobs = [workflow("preview.yml").jobs["comment"], workflow("drift.yml").jobs["issue"]];
  for (const job of jobs) expect(job!.if).toContain("!cancelled()");
  const uploads = STEPS.filter(([, { uses }]) => uses?.startsWith("actions/upload-artifact@"));
  expect(uploads.length).toBe(2);
  for (const [, { if: condition = "" }] of uploads) expect(condition).not.toContain("always()");
});

test("one check, whichever stacks there are, is green only when all previews are", () => {
  const { previewed, stacks, preview } = workflow("preview.yml").jobs;
  expect([stacks, preview].every((job) => job !== undefined)).toBe(true);
  expect(previewed).toMatchObject({ needs: ["stacks", "preview"], if: "always()" });
  expect(previewed!.steps!.at(-1)).toMatchObject({
    env: { RESULTS: "${{ needs.stacks.result }} ${{ needs.preview.result }}" },
  });
});

test("every environment of the line has its job, in the line's order", () => {
  const { jobs } = workflow("up.yml");
  const deployed = Object.values(jobs).flatMap((job) => (job.uses ? [job.with!["stack"]] : []));
  expect(deployed).toEqual(LINE);
});

test("secrets are given to the steps that need them, and to no other", () => {
  for (const [, { env = {} }] of JOBS) expect(JSON.stringify(env)).not.toContain("secrets.");
  for (const [, { uses, with: inputs = {} }] of STEPS)
    if (uses) expect(JSON.stringify(inputs)).not.toContain("secrets.");
});

test("the CLI is the one that the lab builds", () => {
  const { with: inputs } = action.runs.steps.find(({ uses }) => uses?.startsWith("pulumi/"))!;
  const module = readFileSync(join(ROOT, "lab/cli/go.mod"), "utf8");
  expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${String(inputs!["pulumi-version"])}`);
});

test("what a script needs by its own words is what its step gives it", () => {
  for (const [name, { run = "", env = {} }] of STEPS) {
    const file = /(pipeline\/\S+)$/.exec(run)?.[1];
    if (file === undefined) continue;
    const job = JOBS.find(([known]) => known === name)![1];
    const given = [
      ...[...Object.keys(env), ...Object.keys(job.env ?? {})],
      ...["GITHUB_REPOSITORY", "GITHUB_REF_NAME"],
    ];
    const text = readFileSync(join(ROOT, file), "utf8");
    if (file.endsWith("stacks.ts")) continue;
    const needs = file.endsWith(".sh")
      ? [...text.matchAll(/"([A-Z_]+)=[^"]+"/g)].map(([, variable]) => variable!)
      : [...text.matchAll(/^ {4}([A-Z_]+): "/gm)].map(([, variable]) => variable!);
    for (const variable of needs)
      expect({ name, file, given }).toMatchObject({ given: expect.arrayContaining([variable]) });
  }
});
