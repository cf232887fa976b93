import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driftMarker } from "../../pipeline/drift-text";
import { startGitHub } from "./fixtures/github-server";
import { program, step } from "./fixtures/pipeline";

let github: Awaited<ReturnType<typeof startGitHub>>;
let folder: string;
beforeEach(async () => {
  github = await startGitHub();
  folder = await mkdtemp(join(tmpdir(), "harbor-ha-"));
});
afterEach(async () => {
  await github.stop();
  await rm(folder, { recursive: true });
});

describe("a preview's comment", () => {
  const MARK = "<!-- harbor-ha preview -->";
  const post = async (text: string, environment: Record<string, string> = {}) => {
    const COMMENT_FILE = join(folder, "comment.md");
    await writeFile(COMMENT_FILE, text);
    const own = { ...github.environment, PULL_REQUEST: "7", COMMENT_FILE, ...environment };
    return step(program("preview-comment.ts"), own);
  };

  test("is posted once, and edited on the next push", async () => {
    expect(await post(`${MARK}\n\none\n`)).toEqual({
      code: 0,
      text: expect.stringMatching(/^posted: http/),
    });
    expect(await post(`${MARK}\n\ntwo\n`)).toEqual({
      code: 0,
      text: expect.stringMatching(/^edited: http/),
    });
    expect(github.comments.get(7)).toEqual([expect.objectContaining({ body: `${MARK}\n\ntwo\n` })]);
  });

  test("is found behind many others, and somebody's copy of it is not it", async () => {
    const person = { type: "User" };
    const others = Array.from({ length: 230 }, (_, id) => ({
      id,
      user: person,
      body: `${MARK}\n`,
    }));
    const own = { id: 900, user: { type: "Bot" }, body: `${MARK}\n\nbefore\n` };
    github.comments.set(7, [...others, own]);
    expect((await post(`${MARK}\n\nafter\n`)).code).toBe(0);
    expect(github.comments.get(7)).toHaveLength(231);
    expect(own.body).toBe(`${MARK}\n\nafter\n`);
    expect(others.every(({ body }) => body === `${MARK}\n`)).toBe(true);
  });

  test.each([
    [403, /reading the comments: GitHub answers 403 .*give the job the permission/],
    [404, /reading the comments: GitHub answers 404 .*GITHUB_REPOSITORY/],
    [500, /GitHub answers 500 .*run the job again/],
  ])("a refusal with %i says what to do", async (status, words) => {
    github.refuse(status);
    const { code, text } = await post(`${MARK}\n`);
    expect(code).toBe(1);
    expect(text).toMatch(words);
    expect(text).not.toContain("Secret-github-token");
  });

  test("no answer at all is said as such", async () => {
    const { code, text } = await post(`${MARK}\n`, { GITHUB_API_URL: "http://127.0.0.1:9" });
    expect(code).toBe(1);
    expect(text).toMatch(/reading the comments: GitHub cannot be reached .*run the job again/);
  });

  test("a token that is not valid is not shown", async () => {
    const { code, text } = await post(`${MARK}\n`, { GITHUB_TOKEN: "Secret-other-token" });
    expect(code).toBe(1);
    expect(text).toMatch(/GITHUB_TOKEN is not valid/);
    expect(text).not.toContain("Secret-other-token");
  });

  test("everything that is missing is said at once, and nothing is asked", async () => {
    const { code, text } = await step(program("preview-comment.ts"), {});
    expect(code).toBe(1);
    for (const name of ["PULL_REQUEST", "COMMENT_FILE"]) expect(text).toContain(name);
    expect(text).toContain("docs/pipeline.md");
    expect(github.calls).toEqual([]);
  });

  test("a file that is no comment is not posted", async () => {
    const { code, text } = await post("error: no stack named prod\n");
    expect(code).toBe(1);
    expect(text).toMatch(/does not begin with a comment's mark/);
    expect(github.calls).toEqual([]);
  });
});

describe("the issue about drift", () => {
  const REPORT = {
    stack: "prod",
    url: "https://hub.example.com",
    release: "1.5.4",
    checks: [
      { name: "mount", results: { hub1: "ok" }, differences: [] },
      {
        name: "keypair",
        results: { hub1: "other" },
        differences: [
          {
            node: "hub1",
            found: "another keypair | `x`",
            declared: "SHA256:abc",
            remedy: "run `pulumi up`",
          },
        ],
      },
    ],
    notes: [],
  };

  /** What a look leaves, and the program on it. */
  const tell = async (status: string, json: unknown = "", log = "") => {
    const text = typeof json === "string" ? json : JSON.stringify(json);
    await writeFile(join(folder, "prod.status"), `${status}\n`);
    await writeFile(join(folder, "prod.json"), text);
    await writeFile(join(folder, "prod.log"), log);
    return run();
  };
  const run = () =>
    step(program("drift-issue.ts"), { ...github.environment, STACK: "prod", FOLDER: folder });

  test("is opened once, updated when what differs changes, and closed when nothing does", async () => {
    expect((await tell("1", REPORT)).text).toMatch(/^prod: opened http/);
    const [issue] = github.issues;
    expect(issue).toMatchObject({
      title: "prod: what runs is not what was declared",
      labels: ["drift"],
      state: "open",
    });
    expect(issue!.body).toMatch(/^<!-- harbor-ha drift prod -->\n/);
    expect(issue!.body).toContain(
      "| hub1 | keypair | `another keypair \\| 'x'` | `SHA256:abc` | run `pulumi up` |",
    );

    // GitHub gives line ends as a browser sends them.
    issue!.body = issue!.body.replaceAll("\n", "\r\n");
    expect((await tell("1", REPORT)).text).toMatch(/^prod: as it was/);
    expect(github.comments.size).toBe(0);

    const more = structuredClone(REPORT);
    more.checks[0]!.differences.push({ ...REPORT.checks[1]!.differences[0]!, node: "hub2" });
    expect((await tell("1", more)).text).toMatch(/^prod: updated/);
    expect(issue!.body).toContain("2 differences");
    expect(github.comments.get(issue!.number)).toHaveLength(1);

    expect((await tell("0", {})).text).toMatch(/^prod: all agrees again; closed/);
    expect(issue!.state).toBe("closed");
    expect(github.comments.get(issue!.number)).toHaveLength(2);
    expect(github.issues).toHaveLength(1);
    expect((await tell("0", {})).text).toMatch(/no issue is open/);
  });

  test("says so when nobody could look, with what was said", async () => {
    expect((await tell("2", "", "verify: hub1 does not answer\n")).code).toBe(0);
    expect(github.issues[0]).toMatchObject({ title: expect.stringMatching(/nobody can tell/) });
    expect(github.issues[0]!.body).toContain("verify: hub1 does not answer");
  });

  test("also when the job that looks left nothing at all", async () => {
    expect((await run()).code).toBe(0);
    expect(github.issues[0]!.body).toContain("has left nothing");
  });

  test("a program that crashed is nobody who could look", async () => {
    expect((await tell("1", "", "npm error\n")).code).toBe(0);
    expect(github.issues[0]).toMatchObject({ title: expect.stringMatching(/nobody can tell/) });
  });

  test("a value that is another one every night brings no comment every night", async () => {
    await tell("1", REPORT);
    const later = structuredClone(REPORT);
    later.checks[1]!.differences[0]!.found = "12 ms off";
    expect((await tell("1", later)).text).toMatch(/^prod: updated/);
    expect(github.issues[0]!.body).toContain("12 ms off");
    expect(github.comments.size).toBe(0);
  });

  test.each([
    ["the nodes say that one is under way", { ...REPORT, underWay: true }, []],
    ["GitHub says so", REPORT, ["in_progress"]],
  ])("is left as it is during a deployment: %s", async (_, report, states) => {
    await tell("1", REPORT);
    const before = structuredClone(github.issues);
    const more = structuredClone(report);
    more.checks[0]!.differences.push({ ...REPORT.checks[1]!.differences[0]!, node: "hub2" });
    for (const state of states)
      github.deployments.unshift({ id: 1, environment: "prod", sha: "1", state });
    expect(await tell("1", more)).toEqual({
      code: 0,
      text: "prod: it differs while a deployment is under way; its issue, if any, is left as it is\n",
    });
    expect(github.issues).toEqual(before);
    expect(github.comments.size).toBe(0);
  });

  test("is told of a deployment that failed, or waits", async () => {
    const deployment = { environment: "prod", sha: "1" };
    github.deployments.push(
      { ...deployment, id: 2, state: "waiting", begun: false },
      { ...deployment, id: 1, state: "failure" },
    );
    expect((await tell("1", REPORT)).text).toMatch(/^prod: opened/);
  });

  test("of another stack, or of a person, is left alone", async () => {
    const other = { title: "", labels: ["drift"], state: "open" };
    const [theirs, persons] = [
      { ...other, number: 1, user: { type: "Bot" }, body: `${driftMarker("staging")}\n` },
      { ...other, number: 2, user: { type: "User" }, body: `${driftMarker("prod")}\n` },
    ];
    github.issues.push(theirs, persons);
    expect((await tell("0", {})).text).toMatch(/no issue is open/);
    expect((await tell("1", REPORT)).text).toMatch(/^prod: opened/);
    expect([theirs.state, persons.state]).toEqual(["open", "open"]);
  });

  test("issues that are switched off are said", async () => {
    github.refuse(410);
    const { code, text } = await tell("1", REPORT);
    expect(code).toBe(1);
    expect(text).toMatch(/issues are switched off in this repository/);
  });
});

describe("the approval before prod", () => {
  const approval = () => step(program("approval.ts"), { ...github.environment, TO: "prod" });

  test("is there where the environment has reviewers", async () => {
    const reviewers = [{ type: "Team", reviewer: { id: 1 } }];
    github.environments.set("prod", {
      protection_rules: [{ type: "branch_policy" }, { type: "required_reviewers", reviewers }],
    });
    expect(await approval()).toEqual({
      code: 0,
      text: "prod waits for the approval of one of 1\n",
    });
  });

  test.each<[string, readonly object[] | undefined, RegExp]>([
    ["is not there", undefined, /reading the environment prod: GitHub answers 404 /],
    ["is not protected", [], /nobody would be asked before prod is deployed/],
    ["waits for a time alone", [{ type: "wait_timer", wait_timer: 5 }], /nobody would be asked/],
    ["has no reviewer left", [{ type: "required_reviewers", reviewers: [] }], /nobody would be/],
  ])("stops the line where it %s", async (_, rules, words) => {
    if (rules) github.environments.set("prod", { protection_rules: rules });
    const { code, text } = await approval();
    expect(code).toBe(1);
    expect(text).toMatch(words);
    expect(text).toMatch(/make an environment prod with required reviewers .*GitHub Enterprise/);
  });
});
