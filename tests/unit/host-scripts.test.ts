import { readdirSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { STEPS, scriptOf, scriptSum, shellFile } from "../../host/script";

const FOLDER = join(__dirname, "../../host/scripts");
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.sh$/, ""));

const DEFINITION = /^([a-z_0-9]+)\(\) /gm;

function defined(text: string): Set<string> {
  return new Set([...text.matchAll(DEFINITION)].map(([, name]) => name!));
}

const EVERY_FUNCTION = new Set(NAMES.flatMap((name) => [...defined(shellFile(name))]));

/** A text without comments and without what stands in single quotes or between double ones. */
function commands(text: string): string {
  return text.replace(/(^|\s)#.*$/gm, "$1").replace(/'[^']*'/g, "''");
}

test.each(NAMES)("%s.sh says what it changes, what it reads and when it does nothing", (name) => {
  const [first, ...rest] = shellFile(name).split("\n");
  expect(first).toBe("#!/usr/bin/env bash");
  const head = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith("#")),
  );
  expect(head.length).toBeGreaterThan(0);
  expect(head.join(" ").length).toBeGreaterThan(40);
});

test.each(STEPS)(
  "%s is whole: bash reads it, and every function that it calls is in it",
  (step) => {
    const script = scriptOf(step);
    expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" }).stderr).toBe("");
    const own = defined(script);
    const words = new Set(commands(script).match(/(?<![-/.$\w{])[a-z][a-z_0-9]*(?![-/.\w=])/g));
    const lacking = [...EVERY_FUNCTION].filter(
      (name) => name.includes("_") && words.has(name) && !own.has(name),
    );
    expect(lacking).toEqual([]);
  },
);

test.each(STEPS)("%s starts strict and defines nothing twice", (step) => {
  const script = scriptOf(step);
  expect(script.indexOf("set -euo pipefail")).toBeLessThan(script.indexOf("() {"));
  const names = [...script.matchAll(DEFINITION)].map(([, name]) => name);
  expect(names).toEqual([...new Set(names)]);
});

test("a step's sum is eight digits that differ", () => {
  const sums = STEPS.map(scriptSum);
  for (const sum of sums) expect(sum).toMatch(/^[0-9a-f]{8}$/);
  expect(new Set(sums).size).toBe(STEPS.length);
});
