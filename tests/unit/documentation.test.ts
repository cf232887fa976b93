import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { commandsIn, npmCall } from "../documentation/commands";
import { projectCopy, runBlock } from "../documentation/copy";
import { anchorOf, commandBlocks, pageOf, pages, placeOf, ROOT } from "../documentation/pages";
import { missingLine } from "../documentation/printed";
import { SCRIPTS } from "../documentation/programs";
import { recordedCi } from "../documentation/recorded-ci";
import { blocksOfOtherStories, callsOfStories, labBlocks } from "../lab/documentation";

/*
 * Every block of commands in the documents says how it is checked, and is: CONTRIBUTING.md has the
 * words. Names in the blocks are looked up in documentation-names.test.ts.
 */

const WORDS = ["hosts", "lab", "ci", "unit"];
const all = pages();
const blocks = commandBlocks(all);
const of = (word: string) => blocks.filter(({ words }) => words[0] === word);

describe("how blocks are checked", () => {
  test("there are blocks of every kind", () => {
    expect(WORDS.filter((word) => of(word).length === 0)).toEqual([]);
    expect(blocks.length).toBeGreaterThan(30);
  });

  test("each block of commands is `sh` and one of the words, each other one has a language", () => {
    const wrong = [...all.values()]
      .flatMap((page) => page.blocks)
      .filter((block) =>
        blocks.includes(block)
          ? block.language !== "sh" || block.words.length !== 1 || !WORDS.includes(block.words[0]!)
          : block.language === "" || block.words.length > 0,
      );
    expect(
      wrong.map((block) => `${placeOf(block)}: ${block.language} ${block.words.join(" ")}`),
    ).toEqual([]);
  });

  test("a page says before a block that it is for the reader's own hosts, or the block does", () => {
    const silent = of("hosts").filter(({ page, line, text }) => {
      const before = all.get(page)!.prose.split("\n").slice(0, line).join(" ");
      return !/\byour own hosts\b/.test(before) && !/^#.*\byour own\b/.test(text);
    });
    expect(silent.map(placeOf)).toEqual([]);
  });
});

describe("blocks of CI", () => {
  const recorded = recordedCi();
  const ran = (script: string) =>
    recorded.some((call) =>
      script === "ci"
        ? /^ci\b/.test(call)
        : new RegExp(`^run (--silent )?${script}( |$)`).test(call),
    );
  /** A script that is nothing but others is run where those are. */
  const covered = (script: string): boolean => {
    const parts = (SCRIPTS[script] ?? "")
      .split(" && ")
      .map((part) => /^npm run (\S+)$/.exec(part)?.[1]);
    return ran(script) || parts.every((part) => part !== undefined && covered(part));
  };

  test("what .ci/run asks npm for can be written down", () => {
    expect(recorded[0]).toMatch(/^ci /);
    expect(recorded).toContain("run --silent lab -- down --volumes");
  });

  test.each(of("ci").map((block) => [placeOf(block), block.text]))(
    "%s: .ci/run runs each line",
    (_, text) => {
      const left = commandsIn(text).filter(
        (words) =>
          !(words.join(" ") === "npm ci" && ran("ci")) &&
          !covered(npmCall(words)?.script ?? "nothing"),
      );
      expect(left).toEqual([]);
    },
  );

  test("a line that it does not run is noticed", () => {
    expect(["test:faults", "bench", "docs:settings"].filter(covered)).toEqual([]);
    expect(covered("check")).toBe(true);
  });
});

describe("blocks that are run here, in a copy of the project", () => {
  let copy: Awaited<ReturnType<typeof projectCopy>>;
  beforeAll(async () => {
    copy = await projectCopy();
  });
  afterAll(() => copy.remove());

  test.each(of("unit").map((block) => [placeOf(block), block] as const))(
    "%s",
    async (_, { text, follows }) => {
      const { code, output } = await runBlock(text, copy.folder);
      if (code !== 0) throw new Error(`ended with ${String(code)}:\n${output}`);
      if (follows?.language === "text") {
        expect({ output, missing: missingLine(follows.text, output) }).toMatchObject({
          missing: undefined,
        });
      }
    },
    60_000,
  );

  test("a block that fails is noticed, and what it printed is kept", async () => {
    const folder = mkdtempSync(join(tmpdir(), "block-"));
    const { code, output } = await runBlock("echo before; false | cat; echo after", folder);
    rmSync(folder, { recursive: true });
    expect({ code, after: output.includes("after") }).toEqual({ code: 1, after: false });
    expect(output).toContain("before");
  });
});

describe("blocks of the lab", () => {
  test("the documents' own story begins with the lab and ends with nothing", () => {
    const texts = labBlocks().map(({ text }) => text);
    expect(texts[0]).toBe("npm ci && npm run lab");
    expect(texts.at(-1)).toBe("npm run lab -- down --volumes");
    expect(labBlocks()[0]!.prints).toContain("6 proved, 0 failed");
    // Between them nothing takes the data away, which the next block would need.
    expect(texts.slice(0, -1).filter((text) => /down|destroy/.test(text))).toEqual([]);
  });

  test("it runs the lab and looks into its containers, and nothing else", () => {
    const commands = labBlocks().flatMap(({ text }) => commandsIn(text));
    const others = commands.filter(
      (words) =>
        words.join(" ") !== "npm ci" &&
        npmCall(words)?.script !== "lab" &&
        !/^docker exec harbor-ha-lab-/.test(words.join(" ")),
    );
    expect(others).toEqual([]);
  });

  test("what takes other machines, releases or nodes is run by another story, with these words", () => {
    const calls = callsOfStories();
    const missing = blocksOfOtherStories().flatMap(({ place, calls: wanted }) =>
      wanted.filter((call) => !calls.has(call)).map((call) => `${place}: ${call}`),
    );
    expect(blocksOfOtherStories().length).toBeGreaterThan(1);
    expect(missing).toEqual([]);
    expect(calls.has("--release 1.5.3 --https --air-gapped")).toBe(true);
    expect(calls.has("--release 1.5.9 --https")).toBe(false);
  });
});

describe("links", () => {
  const LINK = /\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g;

  test("each leads to a file of the project, and to a heading of it", () => {
    const broken = [...all.values()].flatMap(({ name, prose }) =>
      [...prose.matchAll(LINK)].flatMap(([, inText, inTag]) => {
        const target = inText ?? inTag!;
        if (/^[a-z]+:/.test(target)) return [];
        const [file, anchor] = target.split("#", 2) as [string, string?];
        const path = file === "" ? name : posix.join(dirname(name), file);
        const isThere =
          existsSync(join(ROOT, path)) &&
          (anchor === undefined || (all.get(path)?.anchors.has(anchor) ?? false));
        return isThere ? [] : [`${name}: ${target}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  test("a page is reached from the README", () => {
    const reached = new Set(["README.md"]);
    for (const name of reached) {
      for (const [, target] of all.get(name)!.prose.matchAll(LINK)) {
        const path = posix.join(dirname(name), (target ?? "").split("#")[0]!);
        if (all.has(path)) reached.add(path);
      }
    }
    expect([...all.keys()].filter((name) => !reached.has(name))).toEqual([]);
  });

  test("an anchor is made as GitHub makes it", () => {
    expect(anchorOf("`x509: certificate signed` at `docker login`")).toBe(
      "x509-certificate-signed-at-docker-login",
    );
    expect(anchorOf("One registry, two stacks: `predecessor`")).toBe(
      "one-registry-two-stacks-predecessor",
    );
    expect([...pageOf("page.md", "# A\n## B\n## B\n").anchors]).toEqual(["a", "b", "b-1"]);
  });
});

test("a page's blocks are read with their place, heading, words and what follows", () => {
  const page = pageOf(
    "page.md",
    [
      "# Head",
      "",
      "1. item",
      "",
      "   ```sh lab",
      "   npm run lab",
      "   ```",
      "",
      "   ```text",
      "   done",
      "   ```",
    ].join("\n"),
  );
  expect(page.blocks[0]).toMatchObject({
    ...{ page: "page.md", line: 5, heading: "Head", language: "sh", words: ["lab"] },
    text: "npm run lab",
    follows: { language: "text", text: "done" },
  });
  expect(() => pageOf("page.md", "```sh\nnpm ci")).toThrow("page.md:1: a block has no end");
});
