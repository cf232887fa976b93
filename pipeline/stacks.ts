/**
 * Says which stacks a workflow is about, as an output of its step: `stacks`, a JSON list. Changes nothing.
 *
 * With BASE, a commit, those that the change from there to HEAD touches. With DEPLOYED=true those of the
 * line that HEAD touches since what their environments may run; it reads GITHUB_TOKEN and
 * GITHUB_REPOSITORY then. Otherwise all of them.
 */
import { appendFileSync, readdirSync } from "node:fs";
import { changedFiles, isThere } from "./commits";
import { deploymentsOf } from "./deployments";
import { runPipeline } from "./needed";
import { LINE, touchedStacks } from "./touched-stacks";

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What a change touches; a stack's file that it takes away is said. */
function touchedSince(base: string, head: string): readonly string[] {
  const { stacks, removed } = touchedStacks(
    changedFiles(base, head, "merge-base"),
    readdirSync("."),
  );
  for (const stack of removed)
    say(
      `Pulumi.${stack}.yaml is taken away: its deployment stays until somebody runs \`pulumi destroy --stack ${stack}\``,
    );
  return stacks;
}

/**
 * What each environment of the line does not have yet. It is compared with its own last deployment that
 * succeeded, not with the push before: what a failed environment kept from the next one would be lost
 * otherwise. And with those since, which may have left a part of theirs behind, or still do: the way back
 * from one that failed is a change to what ran before.
 */
async function touchedSinceDeployed(head: string): Promise<readonly string[]> {
  const files = readdirSync(".");
  const stacks: string[] = [];
  for (const stack of touchedStacks(undefined, files).stacks) {
    if (!(LINE as readonly string[]).includes(stack)) continue;
    const deployments = (await deploymentsOf(stack)).filter(({ begun, open }) => begun || open);
    const commits = [...new Set(deployments.map(({ sha }) => sha))];
    const known = deployments.some(({ succeeded }) => succeeded) && commits.every(isThere);
    if (!known) say(`${stack}: what it runs is not known`);
    const changed = known
      ? commits.flatMap((commit) => changedFiles(commit, head, "as it is"))
      : undefined;
    if (touchedStacks(changed, files).stacks.includes(stack)) stacks.push(stack);
  }
  return stacks;
}

runPipeline("stacks", async () => {
  const { BASE, DEPLOYED, HEAD = "HEAD", GITHUB_OUTPUT } = process.env;
  const stacks = BASE
    ? touchedSince(BASE, HEAD)
    : DEPLOYED === "true"
      ? await touchedSinceDeployed(HEAD)
      : touchedStacks(undefined, readdirSync(".")).stacks;
  say(stacks.length > 0 ? `stacks: ${stacks.join(", ")}` : "no stack is touched");
  if (GITHUB_OUTPUT) appendFileSync(GITHUB_OUTPUT, `stacks=${JSON.stringify(stacks)}\n`);
});
