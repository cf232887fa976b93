import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NpmCall } from "./commands";
import { ROOT } from "./pages";

/** The project's scripts by name. */
export const SCRIPTS = (
  JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  }
).scripts;

const asked = new Map<string, Promise<string>>();

/** What a script of ours says of its use; the empty text for a tool's, such as jest's. */
export function usageOf(script: string): Promise<string> {
  const command = SCRIPTS[script] ?? "";
  const [, program] = /^node (--require \S+ \S+\.ts)$/.exec(command) ?? [];
  if (program === undefined || program.includes(" docs/")) return Promise.resolve("");
  const known = asked.get(script);
  if (known !== undefined) return known;
  const usage = promisify(execFile)(process.execPath, [...program.split(" "), "--help"], {
    cwd: ROOT,
  }).then(
    ({ stdout }) => stdout,
    // Some say it of a flag that they do not know.
    ({ stderr }: { stderr: string }) => stderr,
  );
  asked.set(script, usage);
  return usage;
}

/** What is wrong with a call, as sentences. */
export async function callProblems({ script, args }: NpmCall): Promise<string[]> {
  if (SCRIPTS[script] === undefined) return [`npm run ${script}: there is no such script`];
  const usage = await usageOf(script);
  const flags = args.filter((arg) => /^--[a-z]/.test(arg)).map((arg) => arg.split("=")[0]!);
  return flags
    .filter((flag) => !(flag === "--help" && usage !== ""))
    .filter((flag) => !new RegExp(`${flag}(?![a-z-])`).test(usage))
    .map((flag) => `npm run ${script}: ${flag} is not in its usage`);
}
