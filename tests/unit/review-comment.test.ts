import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { GITHUB_LIMIT, LEAST_LIMIT, MARKER, previewComment } from "../../review/comment";

/*
 * Previews as the lab recorded them (tests/lab/record-previews.ts), and the comment for each. After a
 * change of the comment's text, for each NAME:
 *   npm run --silent preview:comment -- lab=tests/unit/fixtures/previews/NAME.json >tests/unit/fixtures/comments/NAME.md
 */

const PREVIEWS = join(__dirname, "fixtures/previews");
const COMMENTS = join(__dirname, "fixtures/comments");
const read = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
const recorded = (name: string) => read(PREVIEWS, `${name}.json`);
const commentOf = (name: string) => previewComment([{ stack: "lab", text: recorded(name) }]);

const NAMES = [
  ...["first-deployment", "nothing-changed", "one-setting", "new-release", "node-in", "node-out"],
  ...["keypair-rotated", "password-changed", "https", "failing"],
];

test("every recorded preview has its comment, and no other", () => {
  const names = (folder: string, ending: RegExp) =>
    readdirSync(folder)
      .filter((file) => ending.test(file))
      .map((file) => file.replace(ending, ""))
      .sort();
  expect(names(PREVIEWS, /\.json$/)).toEqual([...NAMES].sort());
  expect(names(COMMENTS, /\.md$/)).toEqual([...NAMES].sort());
});

test.each(NAMES)("the comment for the preview %s is the one that a person has read", (name) => {
  expect(commentOf(name)).toBe(read(COMMENTS, `${name}.md`));
});

/** The line that says all of it, and the table's rows. */
function parts(comment: string) {
  const lines = comment.split("\n");
  return {
    headline: lines.find((line) => line.startsWith("- **lab**: "))!.slice("- **lab**: ".length),
    rows: lines
      .filter((line) => line.startsWith("| ") && !/^\| (host|---) /.test(line))
      .map((line) => line.slice(2, -2).split(" | ")),
    order: lines.filter((line) => /^\d+\. /.test(line)).map((line) => line.replace(/^\d+\. /, "")),
    titles: lines.flatMap((line) => /<summary>(.*)<\/summary>/.exec(line)?.[1] ?? []),
  };
}

const ALL = "hub1, hub2, hub3";

test("nothing changed: one line", () => {
  expect(commentOf("nothing-changed").split("\n")).toHaveLength(6);
  expect(parts(commentOf("nothing-changed")).headline).toBe(
    "nothing changes; no host is contacted",
  );
});

test("one setting: which files, which services, one node after another", () => {
  const { headline, rows, order, titles } = parts(commentOf("one-setting"));
  expect(headline).toBe(
    "3 nodes change; `adminserver`, `jobservice` restarted on hub1, hub2, hub3, one node after another",
  );
  expect(rows).toEqual([[ALL, "2 files change", "`adminserver`, `jobservice`"]]);
  expect(order.at(-1)).toMatch(/^hub1 → hub2 → hub3, one at a time: record withdrawn, /);
  expect(titles).toEqual([`common/config/adminserver/env (${ALL})`, `harbor.cfg (${ALL})`]);
  expect(commentOf("one-setting")).toContain("\n-MAX_JOB_WORKERS=3\n+MAX_JOB_WORKERS=20\n");
});

test("a new release: the database is dumped between staging and the first start", () => {
  const { rows, order } = parts(commentOf("new-release"));
  expect(rows).toEqual([
    [ALL, expect.stringMatching(/^Harbor 1\.1\.2 → 1\.1\.3; /), "all services"],
  ]);
  const place = (words: string) => order.findIndex((line) => line.includes(words));
  expect(place("looked at first")).toBe(0);
  expect(place("archive is copied")).toBeGreaterThan(0);
  expect(place("laid beside what runs")).toBeGreaterThan(place("archive is copied"));
  expect(place("the database is dumped")).toBeGreaterThan(place("laid beside what runs"));
  expect(place("hub1 → hub2 → hub3")).toBeGreaterThan(place("the database is dumped"));
});

test("a node in: the others restart nothing, and their files are not shown again", () => {
  const { headline, rows, titles } = parts(commentOf("node-in"));
  expect(headline).toBe("hub3 joins, 2 nodes change; nothing that serves is restarted");
  expect(rows).toEqual([
    ["hub1, hub2", "hub3 becomes a peer", "nothing"],
    ["hub3", expect.stringMatching(/^joins: /), "all start"],
  ]);
  expect(titles).toEqual(["parameters of the steps (hub1, hub2)"]);
});

test("a node out: what becomes of it, after the others", () => {
  const { headline, rows, order } = parts(commentOf("node-out"));
  expect(headline).toBe("hub3 leaves, 2 nodes change; nothing that serves is restarted");
  expect(rows).toEqual([
    ["hub1, hub2", "hub3 is a peer no longer", "nothing"],
    ["hub3", expect.stringMatching(/^leaves: its record is withdrawn, /), "all stop, for good"],
  ]);
  expect(order.at(-1)).toMatch(/^hub3: /);
});

test("a keypair rotated: all nodes together, with what reads the pair", () => {
  const { headline, rows, order } = parts(commentOf("keypair-rotated"));
  expect(headline).toBe("3 nodes change; **all nodes are some seconds without service, together**");
  expect(rows).toEqual([[ALL, "another token keypair", "`proxy`, `registry`, `ui`"]]);
  expect(order.findIndex((line) => line.includes("all nodes together"))).toBe(order.length - 2);
  expect(order.at(-1)).toBe("hub1 → hub2 → hub3, one at a time: through the health gate");
  expect(commentOf("keypair-rotated")).not.toContain("⚠️");
});

test("a password changed: that it does, and what restarts, but not to what", () => {
  const { rows, titles } = parts(commentOf("password-changed"));
  expect(rows).toEqual([
    [ALL, "another password of the database or of Redis", expect.stringContaining("`adminserver`")],
  ]);
  expect(titles).toEqual([]);
});

test("a password that changes together with something else is said too", () => {
  interface Recorded {
    steps: { newState?: { inputs?: { create?: string } } }[];
  }
  const preview = JSON.parse(recorded("password-changed")) as Recorded;
  for (const { newState } of preview.steps) {
    const { inputs } = newState ?? {};
    if (inputs?.create) inputs.create = inputs.create.replaceAll("198.51.100.53", "198.51.100.54");
  }
  const text = JSON.stringify(preview);
  const { rows } = parts(previewComment([{ stack: "lab", text }]));
  expect(rows).toEqual([
    [
      ALL,
      expect.stringMatching(/^another password of the database or of Redis; .*`DNS_SERVER`/),
      expect.stringContaining("`adminserver`"),
    ],
  ]);
});

test("HTTPS: clients are told of, with both addresses", () => {
  expect(commentOf("https")).toContain(
    "⚠️ clients find the registry at `https://hub.lab.example.com:8070`, no longer at `http://hub.lab.example.com:8070`",
  );
});

test("a preview that fails: every problem, and what to do", () => {
  const comment = commentOf("failing");
  expect(parts(comment).headline).toBe("**the preview failed**; nothing can be deployed");
  for (const words of ["harbor-ha:port", "harbor-ha:dns.ttl", "`pulumi config set --path`"])
    expect(comment).toContain(words);
  // The engine says it twice.
  expect(comment.match(/2 problems in the settings/g)).toHaveLength(1);
});

test("the engine's events give the same comment as its JSON", () => {
  const text = read(PREVIEWS, "one-setting.events.jsonl");
  const lines = text.trimEnd().split("\n");
  expect(lines.length).toBeGreaterThan(5);
  const array = JSON.stringify(lines.map((line) => JSON.parse(line) as unknown));
  for (const form of [text, array])
    expect(previewComment([{ stack: "lab", text: form }])).toBe(commentOf("one-setting"));
});

/** A preview with a secret's text at every place that may hold one. */
function planted(text: string, secret: string): string {
  const visible = ["create", "urn", "op", "type", "message", "severity", "url", "release", "name"];
  return JSON.stringify(
    JSON.parse(text, (key, value: unknown) =>
      typeof value === "string" && !visible.includes(key) && !/^harbor-ha:/.test(key)
        ? secret
        : value,
    ),
  );
}

test.each(NAMES)("no value that a preview hides is in the comment for %s", (name) => {
  const secret = "Secret-planted";
  const text = planted(recorded(name), secret);
  const comment = previewComment([{ stack: "lab", text }]);
  expect(comment).not.toContain(secret);
  expect(comment).not.toContain("[secret]");
  expect(comment).not.toMatch(/PRIVATE KEY|ssh-ed25519|"password"/);
});

test("a command that is hidden as a whole is not told of as its words", () => {
  const text = recorded("one-setting").replace(
    /"create": "# harbor-ha: stage[^]*?",$/gm,
    '"create": "[secret]",',
  );
  const comment = previewComment([{ stack: "lab", text }]);
  expect(comment).not.toContain("[secret]");
  expect(comment).toContain("update of `hub1-stage` (command:remote:Command)");
});

describe("several stacks", () => {
  const two = [
    { stack: "staging", text: recorded("one-setting") },
    { stack: "prod", text: recorded("nothing-changed") },
  ];

  test("stand in one comment, a line each first, in the order that was given", () => {
    const comment = previewComment(two, { revision: "0123abc" });
    expect(comment.split("\n")[0]).toBe(MARKER);
    expect(comment).toContain("## What this change would do (0123abc)");
    expect(comment.match(/^- \*\*.*?\*\*: /gm)).toEqual(["- **staging**: ", "- **prod**: "]);
    expect(comment).toContain("### staging: ");
    expect(comment).not.toContain("### prod: ");
  });

  test("none is touched", () => {
    expect(previewComment([])).toContain("This change touches no stack");
  });

  test.each(["", " \n\n"])("one that printed %j could not run", (text) => {
    expect(previewComment([{ stack: "prod", text }])).toContain(
      "- **prod**: **the preview could not run**; the job's log says why",
    );
  });

  test("what went wrong stands below its own stack", () => {
    const failing = (stack: string) => ({ stack, text: recorded("failing") });
    const comment = previewComment([two[0]!, failing("prod"), failing("qa")]);
    expect(comment.match(/^(### \w+|2 problems)/gm)).toEqual([
      "### staging",
      ...["### prod", "2 problems"],
      ...["### qa", "2 problems"],
    ]);
  });
});

describe("a text that is odd", () => {
  const plain = recorded("one-setting");
  const events = read(PREVIEWS, "one-setting.events.jsonl");
  const commentFor = (text: string) => previewComment([{ stack: "lab", text }]);
  const withValues = (change: (key: string, value: unknown) => unknown) =>
    JSON.stringify(JSON.parse(plain, (key, value: unknown) => change(key, value)));

  test.each([
    ["a warning before it", `warning: A new version of Pulumi is available.\n${plain}`],
    ["a line after it", `${plain}warning: a plugin\n`],
    ["a mark of its byte order", `\uFEFF${plain}`],
    ["line ends of another system", plain.replaceAll(/\n/g, "\r\n")],
    ["all in one line", `[warn] x\n${JSON.stringify(JSON.parse(plain))}\n[warn] [y]`],
    ["events among other lines", `warning: x\n${events.replace("\n", "\nwarning: y\n")}`],
    ["no list of diagnostics", withValues((key, value) => (key === "diagnostics" ? null : value))],
    [
      "a list of nodes with nothing in it",
      withValues((key, value) => (key === "harbor-ha:nodes" ? "[null]" : value)),
    ],
  ])("is read: %s", (_, text) => {
    expect(commentFor(text)).toBe(commentOf("one-setting"));
  });

  const DAMAGED = /^its JSON is damaged or cut off \(line \d+\)$/;
  test.each<[string, string, RegExp]>([
    [
      "the CLI's own error",
      "error: no stack named 'prod' found\n",
      /^there is no JSON of a preview/,
    ],
    ["a number", "42", /^there is no JSON of a preview/],
    ["an empty list", "[]", /^there is no JSON of a preview/],
    ["a list of nothing", "[null]", /^there is no JSON of a preview/],
    ["a cut text", plain.slice(0, -50), DAMAGED],
    ["cut events", events.slice(0, -50), DAMAGED],
    ["no step", '{"steps":[null],"changeSummary":{}}', /^step 1 in it does not say of which /],
    ["a step of nothing", '{"steps":[{"op":"create"}],"changeSummary":{}}', /\(urn, op\)$/],
    [
      "an odd docker-compose.yml",
      plain.replaceAll("\\nservices:\\n", "\\nservixes:\\n"),
      /^installer: docker-compose.yml has no services$/,
    ],
  ])("that can't be read is said, with why, beside the others: %s", (_, text, reason) => {
    const comment = previewComment([
      { stack: "odd", text },
      { stack: "lab", text: plain },
    ]);
    const [, why] =
      /^- \*\*odd\*\*: \*\*what the preview printed could not be read\*\* \(`(.*)`\); /m.exec(
        comment,
      )!;
    expect(why).toMatch(reason);
    expect(comment).toContain("### lab: ");
  });

  test.each<[string, object, string]>([
    ["without a message", { diagnostics: [{ severity: "error" }] }, "It says no reason"],
    ["with empty lists", { steps: null, config: null }, "It says no reason"],
    ["as the engine's own event", { sequence: 1, errorEvent: { error: "boom" } }, "\nboom\n"],
  ])("a failure %s is a failure", (_, failure, words) => {
    const comment = commentFor(JSON.stringify(failure));
    expect(parts(comment).headline).toBe("**the preview failed**; nothing can be deployed");
    expect(comment).toContain(words);
  });

  test("a file that can't be read is said too, by the command", () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...["--require", "./loader.js", "review/main.ts"],
        ...[`prod=${PREVIEWS}`, `lab=${join(PREVIEWS, "nothing-changed.json")}`, "qa=no/such"],
      ],
      { cwd: join(__dirname, "../.."), encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.match(/^- .*$/gm)).toEqual([
      expect.stringContaining("(`its file cannot be read: EISDIR`)"),
      "- **lab**: nothing changes; no host is contacted",
      expect.stringContaining("**the preview could not run**"),
    ]);
  });
});

describe("the length", () => {
  /** The recorded preview of a setting, with files that differ in very many lines. */
  const long = recorded("one-setting").replace(
    /(\+|)MAX_JOB_WORKERS=20/g,
    () =>
      `MAX_JOB_WORKERS=20${Array.from({ length: 5000 }, (_, i) => `\\nL${i}=\`\`\`\`@all`).join("")}`,
  );
  const both = ["staging", "prod"].map((stack) => ({ stack, text: long }));

  test.each([LEAST_LIMIT, 5000, 32_768, GITHUB_LIMIT])("is %i at the most", (limit) => {
    const comment = previewComment(both, { limit });
    expect(comment.length).toBeLessThanOrEqual(limit);
    // Both stacks are told of first, whatever the room.
    for (const { stack } of both) expect(comment).toContain(`- **${stack}**: 3 nodes change`);
    // Every block is closed.
    expect((comment.match(/^(`{3,})/gm) ?? []).length % 2).toBe(0);
  });

  test("a diff that is cut, and those that are left out, are said", () => {
    const comment = previewComment(both);
    expect(comment).toMatch(/… \d+ more lines: pulumi preview --diff --stack staging/);
    expect(previewComment(both, { limit: 4000 })).toMatch(
      /diffs? (is|are) left out for length: `pulumi preview --diff --stack (staging|prod)` has all\./,
    );
  });

  const failing = (message: string) =>
    JSON.stringify({ diagnostics: [{ severity: "error", message }] });

  test.each([
    ["lines", "x\n".repeat(40_000)],
    ["characters", "x".repeat(80_000)],
  ])("an error of very many %s is cut, and takes nothing from the next stack", (_, message) => {
    const comment = previewComment([
      { stack: "staging", text: failing(message) },
      { stack: "prod", text: recorded("one-setting") },
    ]);
    expect(comment).toContain("\n… the job's log has all\n```\n");
    expect(comment.slice(comment.indexOf("### prod: "))).toBe(
      commentOf("one-setting")
        .slice(commentOf("one-setting").indexOf("### lab: "))
        .replace("lab", "prod"),
    );
  });

  test("stacks share it: each keeps its table and its order", () => {
    const noisy = JSON.stringify({
      ...(JSON.parse(recorded("one-setting")) as object),
      diagnostics: Array.from({ length: 40 }, (_, i) => ({
        severity: "warning",
        message: `${i} ${`\`\`\`\`\n${"x".repeat(100)}\n`.repeat(800)}`,
      })),
    });
    const stacks = ["dev", "staging", "prod"];
    const comment = previewComment(stacks.map((stack) => ({ stack, text: noisy })));
    expect(comment.length).toBeLessThanOrEqual(GITHUB_LIMIT);
    for (const stack of stacks) {
      const section = comment.slice(comment.indexOf(`### ${stack}: `)).split("\n### ")[0]!;
      expect(section).toContain("| hub1, hub2, hub3 | 2 files change | ");
      expect(section).toContain("\n2. hub1 → hub2 → hub3, one at a time: ");
      expect(section).toContain("… cut for length; the job's log has all.");
      // What is open where it is cut is closed by a fence as long as its own.
      const fences = section.match(/^`{5,}$/gm)!;
      expect(fences.length % 2).toBe(0);
    }
  });

  test("no line of a file ends its block", () => {
    // A line that stays as it is stands after one blank.
    const text = recorded("one-setting").replaceAll("\\nUI_SECRET=", "\\n````\\nUI_SECRET=");
    expect(previewComment([{ stack: "lab", text }])).toMatch(/^`{5}diff\n[^]*^ ````$[^]*^`{5}$/m);
  });
});

test.each(["\r", "\r\n", "\n"])("a line that ends with %j cannot end a block", (end) => {
  const message = ["progress", "```", "@everyone [x](http://example.com)", "more"].join(end);
  const text = JSON.stringify({ diagnostics: [{ severity: "error", message }] });
  expect(previewComment([{ stack: "lab", text }])).toContain(
    "\n````\nprogress\n```\n@everyone [x](http://example.com)\nmore\n````\n",
  );
});

test("a message from outside cannot make a heading, a link or a call", () => {
  const text = JSON.stringify({
    diagnostics: [
      { severity: "error", message: "error: ```\n# all\n@everyone [x](http://example.com)" },
    ],
  });
  const comment = previewComment([{ stack: "lab", text }]);
  expect(comment).toContain("````\n```\n# all\n@everyone [x](http://example.com)\n````");
});
