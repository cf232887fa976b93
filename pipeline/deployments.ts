import { asked, repositoryOf } from "./github";

/** As many of an environment's deployments as are looked at: failed ones may stand before. */
const RECENT = 50;

/** The states in which nothing of a deployment will come any more. */
const ENDED = ["success", "failure", "error", "inactive"];

/** A job with an environment, as GitHub keeps it. */
export interface Deployment {
  readonly sha: string;
  readonly succeeded: boolean;
  /** Whether it has reached the environment, be it in part: one that was rejected has not. */
  readonly begun: boolean;
  /** Whether it waits, for an approval or a runner, or is under way. */
  readonly open: boolean;
}

/**
 * An environment's deployments, the newest first, down to the last one that succeeded; without such a one
 * all that are looked at.
 */
export async function deploymentsOf(environment: string): Promise<readonly Deployment[]> {
  const { octokit, ...repository } = repositoryOf();
  const { data: recent } = await asked(
    "reading the deployments",
    octokit.rest.repos.listDeployments({ ...repository, environment, per_page: RECENT }),
  );
  const deployments: Deployment[] = [];
  for (const { id, sha } of recent) {
    const { data: statuses } = await asked(
      "reading a deployment's statuses",
      octokit.rest.repos.listDeploymentStatuses({
        ...repository,
        deployment_id: id,
        per_page: 100,
      }),
    );
    const [newest, ...before] = statuses.map(({ state }) => state as string);
    const succeeded = newest === "success";
    const begun = succeeded || [newest, ...before].includes("in_progress");
    deployments.push({ sha, succeeded, begun, open: !ENDED.includes(newest ?? "") });
    if (succeeded) break;
  }
  return deployments;
}
