/**
 * Ends with status 1 where an environment runs a commit that this one does not come after: a run that was
 * started again, or approved late, would take a newer deployment back. Changes nothing.
 * Reads STACK, HEAD (the commit checked out without it), GITHUB_TOKEN and GITHUB_REPOSITORY.
 */
import { descends, isThere } from "./commits";
import { deployedCommit } from "./deployed-commit";
import { needed, PipelineError, runPipeline } from "./needed";

runPipeline("newer", async () => {
  const { STACK } = needed({ STACK: "the stack that is to be deployed" });
  const { HEAD = "HEAD" } = process.env;
  const commit = await deployedCommit(STACK);
  if (commit !== undefined && isThere(commit) && !descends(HEAD, commit)) {
    throw new PipelineError(
      `${STACK} runs ${commit}, which this commit does not come after; it was left as it is. ` +
        "Start the workflow anew on main; to go back to an earlier state, revert the change and merge that.",
    );
  }
  process.stdout.write(`${STACK}: ${commit ?? "nothing"} comes before this commit\n`);
});
