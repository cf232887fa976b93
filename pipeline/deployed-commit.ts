import { asked, repositoryOf } from "./github";

/** As many of an environment's deployments as are looked at: failed ones may stand before. */
const RECENT = 50;

/**
 * The commit that an environment runs: that of its last deployment which succeeded, as GitHub keeps it for
 * a job with that environment; undefined where there is none.
 */
export async function deployedCommit(environment: string): Promise<string | undefined> {
  const { octokit, ...repository } = repositoryOf();
  const { data: deployments } = await asked(
    "reading the deployments",
    octokit.rest.repos.listDeployments({ ...repository, environment, per_page: RECENT }),
  );
  for (const { id, sha } of deployments) {
    const { data: statuses } = await asked(
      "reading a deployment's statuses",
      octokit.rest.repos.listDeploymentStatuses({ ...repository, deployment_id: id, per_page: 1 }),
    );
    if (statuses[0]?.state === "success") return sha;
  }
  return undefined;
}
