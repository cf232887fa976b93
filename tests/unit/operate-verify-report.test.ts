import { CHECKS } from "../../operate/verify/checks";
import { jsonOf } from "../../operate/verify/json";
import { reportOf } from "../../operate/verify/report";
import { tableOf } from "../../operate/verify/table";
import { DECLARED, lookWith } from "./fixtures/verification";

const SHOWN = CHECKS.filter(({ name }) => ["files", "redis", "dns"].includes(name));

const ENV = "/opt/harbor/current/common/config/adminserver/env";
const COMPOSE = "/opt/harbor/current/docker-compose.yml";

const WRONG = lookWith({
  [`file known ${ENV}`]: [`file | known | ${ENV} | 600 | root | 0`],
  [`file known ${COMPOSE}`]: [`file | known | ${COMPOSE} | missing`],
  run: ["run | known | held | start, process 7, since 2027-01-01T00:00:00Z"],
});

test("nodes that agree are a table and one line", () => {
  expect(tableOf(reportOf(lookWith(), SHOWN), DECLARED, false)).toEqual([
    "https://hub.example.com: Harbor 1.1.2 on 3 nodes",
    "",
    "check  hub1  hub2  hub3",
    "files  ok    ok    ok",
    "redis  ok    ok    ok",
    "dns    ok    ok    ok",
    "",
    "all 3 checks agree",
  ]);
});

test("a difference is a cell, and in words where, what and what to do", () => {
  expect(tableOf(reportOf(WRONG, SHOWN), DECLARED, false)).toEqual([
    "https://hub.example.com: Harbor 1.1.2 on 3 nodes",
    "",
    "check  hub1  hub2      hub3",
    "files  ok    2 differ  ok",
    "redis  ok    ok        ok",
    "dns    ok    ok        ok",
    "",
    "hub2: a run is under way, and differences may be a part of it: start, process 7, since 2027-01-01T00:00:00Z",
    "2 differences",
    "",
    `hub2: files: ${COMPOSE} is missing`,
    "hub2:   declared: the file as this stack's settings make it",
    "hub2:   to do:    pulumi up --replace '**::hub2-stage'",
    "",
    `hub2: files: ${ENV} has another content`,
    "hub2:   declared: the file as this stack's settings make it",
    "hub2:   to do:    pulumi up --replace '**::hub2-stage'",
  ]);
});

test("what is about no single node has a column of its own", () => {
  const dns = { provider: "manual" } as const;
  const look = lookWith(
    {},
    { declared: { ...DECLARED, dns }, resolved: { problem: "no address (ENOTFOUND)" } },
  );
  const lines = tableOf(reportOf(look, SHOWN), DECLARED, false);
  expect(lines.slice(2, 6)).toEqual([
    "check  hub1  hub2  hub3  cluster",
    "files  ok    ok    ok",
    "redis  ok    ok    ok",
    "dns    ok    ok    ok    unknown",
  ]);
  expect(lines).toContain("cluster: dns: hub.example.com: no address (ENOTFOUND)");
});

test("colours change no column", () => {
  const report = reportOf(WRONG, SHOWN);
  const colored = tableOf(report, DECLARED, true).join("\n");
  expect(colored).toContain("\u001b[32mok\u001b[0m");
  expect(colored).toContain("\u001b[31m2 differ\u001b[0m");
  const codes = ["\u001b[0m", "\u001b[31m", "\u001b[32m"];
  const bare = codes.reduce((text, code) => text.replaceAll(code, ""), colored);
  expect(bare).toBe(tableOf(report, DECLARED, false).join("\n"));
});

test("the document for programs has the same, and no sum of a file", () => {
  const text = jsonOf(reportOf(WRONG, SHOWN), WRONG, "prod");
  expect(JSON.parse(text)).toEqual({
    stack: "prod",
    url: "https://hub.example.com",
    release: "1.1.2",
    nodes: ["hub1", "hub2", "hub3"].map((name, i) => ({
      name,
      address: `192.0.2.1${i + 1}`,
      reachable: true,
    })),
    checks: [
      {
        name: "files",
        results: { hub1: "ok", hub2: "2 differ", hub3: "ok" },
        differences: [COMPOSE, ENV].map((path) => ({
          node: "hub2",
          found: `${path} ${path === ENV ? "has another content" : "is missing"}`,
          declared: "the file as this stack's settings make it",
          remedy: "pulumi up --replace '**::hub2-stage'",
        })),
      },
      { name: "redis", results: { hub1: "ok", hub2: "ok", hub3: "ok" }, differences: [] },
      { name: "dns", results: { hub1: "ok", hub2: "ok", hub3: "ok" }, differences: [] },
    ],
    notes: [
      "hub2: a run is under way, and differences may be a part of it: start, process 7, since 2027-01-01T00:00:00Z",
    ],
    underWay: true,
    summary: { agrees: false, checks: 3, differences: 2 },
  });
  for (const { sha256 } of DECLARED.files) if (sha256) expect(text).not.toContain(sha256);
  expect(text).not.toContain(DECLARED.secretkey);
});
