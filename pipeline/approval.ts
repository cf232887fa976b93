/**
 * Ends with status 1 where a deployment to TO would wait for nobody: an environment that is not there, or
 * has no reviewers, lets every job in. Changes nothing. Reads TO, GITHUB_TOKEN and GITHUB_REPOSITORY.
 */
import { asked, repositoryOf } from "./github";
import { needed, PipelineError, runPipeline } from "./needed";

runPipeline("approval", async () => {
  const { TO } = needed({ TO: "the environment that comes next, such as prod" });
  const { octokit, ...repository } = repositoryOf();
  const remedy =
    `make an environment ${TO} with required reviewers in the repository's settings; in a private ` +
    "repository they are a part of GitHub Enterprise (docs/pipeline.md)";
  const { data } = await asked(
    `reading the environment ${TO}`,
    octokit.rest.repos.getEnvironment({ ...repository, environment_name: TO }),
    { 404: remedy },
  );
  const reviewers = (data.protection_rules ?? []).flatMap((rule) =>
    "reviewers" in rule ? (rule.reviewers ?? []) : [],
  );
  if (reviewers.length === 0)
    throw new PipelineError(`nobody would be asked before ${TO} is deployed; ${remedy}`);
  process.stdout.write(`${TO} waits for the approval of one of ${String(reviewers.length)}\n`);
});
