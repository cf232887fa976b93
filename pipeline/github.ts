import { Octokit } from "@octokit/rest";
import { needed, PipelineError } from "./needed";

/** A repository on GitHub, and the client that speaks to it. */
export interface Repository {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
}

/** What a status means for the person who set the workflow up. */
const REMEDIES: Readonly<Record<number, string>> = {
  401: "GITHUB_TOKEN is not valid; a workflow passes ${{ github.token }}",
  403: "the token may not do this; give the job the permission that it needs (docs/pipeline.md)",
  404: "there is no such thing for this token; look at GITHUB_REPOSITORY, and whether the repository has issues switched on",
  410: "issues are switched off in this repository; switch them on in its settings",
};

/** The repository that the environment names. @throws PipelineError with every missing variable */
export function repositoryOf(): Repository {
  const { GITHUB_TOKEN, GITHUB_REPOSITORY } = needed({
    GITHUB_TOKEN: "the job's token",
    GITHUB_REPOSITORY: "owner/name; GitHub sets it",
  });
  const [owner, repo] = GITHUB_REPOSITORY.split("/");
  if (!owner || !repo)
    throw new PipelineError(`GITHUB_REPOSITORY is ${GITHUB_REPOSITORY}; it must be owner/name`);
  const baseUrl = process.env["GITHUB_API_URL"] || "https://api.github.com";
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  return { octokit: new Octokit({ auth: GITHUB_TOKEN, baseUrl, log }), owner, repo };
}

/**
 * Asks GitHub for something; a failure says what it was about and what to do.
 * @param remedies by status, where one means something else in this call
 * @throws PipelineError
 */
export async function asked<T>(
  what: string,
  call: Promise<T>,
  remedies: Readonly<Record<number, string>> = {},
): Promise<T> {
  return call.catch((error: unknown) => {
    const {
      status = 0,
      message,
      response,
    } = error as {
      status?: number;
      message: string;
      response?: unknown;
    };
    // Without an answer the library has a status all the same.
    const answer = response === undefined ? "cannot be reached" : `answers ${status}`;
    const remedy =
      (response === undefined ? undefined : { ...REMEDIES, ...remedies }[status]) ??
      "run the job again";
    throw new PipelineError(`${what}: GitHub ${answer} (${message}); ${remedy}`);
  });
}
