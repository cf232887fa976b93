import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./pages";

/** Programs that `.ci/run` must not find as they are: it would work, install or wait. */
const NOTHING = ["apt-get", "git", "shellcheck", "shfmt"];

/**
 * What `.ci/run` runs by npm, each as npm's arguments: the script itself, with an npm that only writes
 * down what it is asked for.
 */
export function recordedCi(): string[] {
  const folder = mkdtempSync(join(tmpdir(), "ci-"));
  const record = join(folder, "record");
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  try {
    program("npm", `printf '%s\\n' "$*" >>'${record}'`);
    for (const name of NOTHING) program(name, "exit 0");
    spawnSync("bash", [join(ROOT, ".ci/run")], {
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` },
      stdio: "ignore",
    });
    return existsSync(record) ? readFileSync(record, "utf8").trimEnd().split("\n") : [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether bash can read a text; what it says where it can't. */
export function syntaxProblem(text: string): string | undefined {
  try {
    execFileSync("bash", ["-n"], { input: text, stdio: ["pipe", "ignore", "pipe"] });
    return undefined;
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}
