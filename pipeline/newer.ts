/**
 * Ends with status 1 where an environment was given a commit of the line that this one does not come after,
 * also by a deployment that failed on its way: a run that was started again, or approved late, would take a
 * newer deployment back. Changes nothing.
 * Reads STACK, HEAD (the commit checked out without it), GITHUB_REF_NAME, GITHUB_TOKEN and
 * GITHUB_REPOSITORY.
 */
import { descends, isThere } from "./commits";
import { deploymentsOf } from "./deployments";
import { needed, PipelineError, runPipeline } from "./needed";

runPipeline("newer", async () => {
  const { STACK, GITHUB_REF_NAME } = needed({
    STACK: "the stack that is to be deployed",
    GITHUB_REF_NAME: "the branch that is deployed; GitHub sets it",
  });
  const { HEAD = "HEAD" } = process.env;
  // What a force-push has taken out of the branch may still lie in a runner's clone, and counts no more.
  const line = `refs/remotes/origin/${GITHUB_REF_NAME}`;
  const given = (await deploymentsOf(STACK)).filter(
    ({ begun, sha }) => begun && isThere(sha) && descends(line, sha),
  );
  const later = given.find(({ sha }) => !descends(HEAD, sha));
  if (later !== undefined) {
    throw new PipelineError(
      `${STACK} ${later.succeeded ? "runs" : "was last given"} ${later.sha}, which this commit does not come after; ` +
        "it was left as it is. Start the workflow anew on main; to go back to an earlier state, revert the " +
        "change and merge that.",
    );
  }
  process.stdout.write(`${STACK}: ${given[0]?.sha ?? "nothing"} comes before this commit\n`);
});
