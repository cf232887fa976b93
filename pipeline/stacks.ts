/**
 * Says which stacks a change touches, as outputs of a workflow's step: `stacks`, a JSON list.
 * Reads BASE and HEAD, two commits; without BASE, or with zeros, every stack counts. Changes nothing.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync } from "node:fs";
import { PipelineError, runPipeline } from "./needed";
import { touchedStacks } from "./touched-stacks";

/** What a push of a new branch has as the commit before it. */
const NONE = /^0*$/;

function changedFiles(base: string, head: string): string[] {
  try {
    const range = `${base}...${head}`;
    const args = ["diff", "--name-only", "--no-renames", "-z", range, "--"];
    const names = execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return names.split("\0").filter(Boolean);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    throw new PipelineError(
      `git can't compare ${base} with ${head}: ${said}\nCheck the whole history out (fetch-depth: 0).`,
    );
  }
}

runPipeline("stacks", () => {
  const { BASE = "", HEAD = "HEAD", GITHUB_OUTPUT } = process.env;
  const changed = NONE.test(BASE) ? undefined : changedFiles(BASE, HEAD);
  const { stacks, removed } = touchedStacks(changed, readdirSync("."));
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  say(stacks.length > 0 ? `touched: ${stacks.join(", ")}` : "no stack is touched");
  for (const stack of removed)
    say(
      `Pulumi.${stack}.yaml is taken away: its deployment stays until somebody runs \`pulumi destroy --stack ${stack}\``,
    );
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `stacks=${JSON.stringify(stacks)}\n`);
});
