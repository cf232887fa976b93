import { parseAllDocuments } from "yaml";
import { SettingsError } from "../../settings";
import { codeSpans, commandsIn, npmCall } from "../documentation/commands";
import { missingFiles, unknownOutputs, unknownResources } from "../documentation/names";
import { commandBlocks, pages, placeOf } from "../documentation/pages";
import { callProblems } from "../documentation/programs";
import { syntaxProblem } from "../documentation/recorded-ci";
import { configSet, configSetProblems } from "../documentation/settings-paths";
import { VALID, type Given, read } from "./fixtures/settings";

/* What the documents name is there: scripts, flags, settings, secrets, files, outputs, steps. */

const all = pages();
/** What was is no rule for what is. */
const current = [...all.values()].filter(({ name }) => name !== "CHANGELOG.md");
const blocks = commandBlocks(all);

/** Every command of the pages: those of blocks, and those in backticks. */
const commands = [
  ...blocks.flatMap((block) =>
    commandsIn(block.text).map((words) => ({ place: placeOf(block), words })),
  ),
  ...current.flatMap(({ name, prose }) =>
    codeSpans(prose)
      .filter((code) => /^(?:[A-Z_]+=\S+ )?(?:npm|pulumi) /.test(code))
      .flatMap((code) => commandsIn(code).map((words) => ({ place: name, words }))),
  ),
];

test.each(blocks.map((block) => [placeOf(block), block.text]))(
  "%s: bash can read it",
  (_, text) => {
    expect(syntaxProblem(text)).toBeUndefined();
  },
);

test("each `npm run` is a script, with flags that it says it has", async () => {
  const calls = commands.flatMap(({ place, words }) => {
    const call = npmCall(words);
    return call === undefined ? [] : [{ place, call }];
  });
  expect(calls.length).toBeGreaterThan(40);
  const problems = await Promise.all(
    calls.map(async ({ place, call }) =>
      (await callProblems(call)).map((one) => `${place}: ${one}`),
    ),
  );
  expect(problems.flat()).toEqual([]);
});

test("each `pulumi config set` names a setting, encrypted exactly when it is a secret", () => {
  const sets = commands.flatMap(({ place, words }) => {
    const set = configSet(words);
    return set === undefined ? [] : [{ place, set }];
  });
  expect(sets.length).toBeGreaterThan(25);
  const problems = sets.flatMap(({ place, set }) =>
    configSetProblems(set).map((problem) => `${place}: ${problem}`),
  );
  expect(problems).toEqual([]);
});

test.each(current.map(({ name, text }) => [name, text]))("%s names what is there", (_, text) => {
  expect({
    files: missingFiles(text),
    outputs: unknownOutputs(text),
    resources: unknownResources(text),
  }).toEqual({ files: [], outputs: [], resources: [] });
});

describe("blocks of other languages", () => {
  const others = (language: RegExp) =>
    [...all.values()]
      .flatMap((page) => page.blocks)
      .filter((block) => language.test(block.language));

  /** One structure over another, as a stack file's part is laid over a whole one. */
  const over = (below: unknown, above: unknown): unknown =>
    isStructure(below) && isStructure(above)
      ? { ...below, ...mapped(above, (key, value) => over(below[key], value)) }
      : above;
  const isStructure = (value: unknown): value is Given =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const mapped = (given: Given, value: (key: string, of: unknown) => unknown): Given =>
    Object.fromEntries(Object.entries(given).map(([key, of]) => [key, value(key, of)]));

  /** The settings in a text of YAML, under `config:` or not. */
  function settingsIn(text: string): Given {
    const [document] = parseAllDocuments(text);
    const whole = (document as { toJS(): unknown }).toJS() as Given;
    const config = isStructure(whole["config"]) ? whole["config"] : whole;
    return Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) =>
        key.startsWith("harbor-ha:") ? [[key.slice("harbor-ha:".length), value]] : [],
      ),
    );
  }

  /** What is against settings that are a part of a stack file. */
  function partProblems(part: Given): string[] {
    try {
      read(over(VALID, part) as Given);
      return [];
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      // What the part leaves out stands elsewhere in the file.
      return error.problems
        .filter(({ message }) => !message.startsWith("is required"))
        .map(({ setting, message }) => `${setting} ${message}`);
    }
  }

  const yaml = others(/^ya?ml$/);

  test.each(yaml.map((block) => [placeOf(block), block.text]))(
    "%s is YAML, with settings that may be",
    (_, text) => {
      expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
      expect(partProblems(settingsIn(text))).toEqual([]);
    },
  );

  test("some of them have settings, and a wrong one is noticed", () => {
    const settings = yaml.flatMap(({ text }) => Object.keys(settingsIn(text)));
    expect(settings).toEqual(expect.arrayContaining(["clients", "maxJobWorkers"]));
    expect(partProblems({ maxJobWorkers: 0 })).toEqual([expect.stringMatching(/^maxJobWorkers /)]);
    expect(partProblems({ redis: { hots: "a" } })).toEqual([
      expect.stringMatching(/did you mean host/),
    ]);
  });

  test.each(others(/^json$/).map((block) => [placeOf(block), block.text]))(
    "%s is JSON",
    (_, text) => {
      expect(() => void JSON.parse(text)).not.toThrow();
    },
  );
});

describe("how names are looked up", () => {
  const words = (line: string) => commandsIn(line)[0]!;

  test("commands are told apart, without comments, continuations and here-documents", () => {
    const text = [
      "npm ci && npm run lab   # both",
      "A=1 npm run lab -- up \\",
      "  --nodes hub1",
      "cat <<'END' | tee file",
      "npm run nothing",
      "END",
    ].join("\n");
    expect(commandsIn(text)).toEqual([
      ["npm", "ci"],
      ["npm", "run", "lab"],
      ["A=1", "npm", "run", "lab", "--", "up", "--nodes", "hub1"],
      ["cat", "<<END"],
      ["tee", "file"],
    ]);
    expect(npmCall(words("A=1 npm run --silent lab -- up --nodes hub1"))).toEqual({
      script: "lab",
      args: ["up", "--nodes", "hub1"],
    });
    expect(npmCall(words("npm ci"))).toBeUndefined();
  });

  test("a script or a flag that is not there is noticed", async () => {
    expect(await callProblems({ script: "lbb", args: [] })).toEqual([
      "npm run lbb: there is no such script",
    ]);
    expect(await callProblems({ script: "lab", args: ["--nods", "hub1"] })).toEqual([
      "npm run lab: --nods is not in its usage",
    ]);
    expect(await callProblems({ script: "lab", args: ["--nodes", "hub1"] })).toEqual([]);
  });

  test.each([
    ["pulumi config set --secret --path 'harbor-ha:redis.password'", []],
    ["pulumi config set --path 'harbor-ha:nodes[3].address' 10.0.0.14", []],
    ["pulumi config set --stack hub --secret --path 'harbor-ha:tls.key' < key.pem", []],
    ["pulumi config set --secret secretkey", []],
    ["pulumi config set --path 'harbor-ha:redis.password'", ["redis.password is a secret"]],
    ["pulumi config set --secret --path 'harbor-ha:redis.host'", ["redis.host is no secret"]],
    ["pulumi config set --path 'harbor-ha:redis.hots' a", ["redis.hots is not a setting"]],
    [
      "pulumi config set --secret --path 'harbor-ha:redis.password' hunter2",
      ["redis.password: a secret is not an argument"],
    ],
    [
      "pulumi config set --path 'harbor-ha:tls.source' private",
      ["tls.source can't be private: none, provided, private-ca"],
    ],
  ])("%s", (line, problems) => {
    expect(configSetProblems(configSet(words(line))!)).toEqual(problems);
  });

  test("files, outputs and resources that are not there are noticed", () => {
    expect(
      missingFiles("`host/script.ts`, `host/scirpt.ts`, Pulumi.prod.yaml, Pulumi.pord.yaml"),
    ).toEqual(["host/scirpt.ts", "Pulumi.pord.yaml"]);
    expect(
      unknownOutputs(
        "pulumi stack output url\npulumi stack output --stack hub adminPasswort\npulumi stack output adminPassword --show-secrets",
      ),
    ).toEqual(["adminPasswort"]);
    expect(
      unknownResources("'**::hub2-stage' '**::hub2-satge' '**::token-key-2' '**::tokenkey'"),
    ).toEqual(["hub2-satge", "tokenkey"]);
  });
});
