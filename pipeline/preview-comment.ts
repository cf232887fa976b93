/**
 * Posts the preview's comment to a pull request, or edits the one that is there. Reads GITHUB_TOKEN,
 * GITHUB_REPOSITORY, PULL_REQUEST (its number) and COMMENT_FILE (the comment, whose first line marks it).
 */
import { readFile } from "node:fs/promises";
import { asked, repositoryOf } from "./github";
import { needed, PipelineError, runPipeline } from "./needed";

runPipeline("preview-comment", async () => {
  const { PULL_REQUEST, COMMENT_FILE } = needed({
    PULL_REQUEST: "the pull request's number",
    COMMENT_FILE: "the file that npm run preview:comment wrote",
  });
  const { octokit, ...repository } = repositoryOf();
  const number = Number(PULL_REQUEST);
  if (!Number.isInteger(number) || number < 1)
    throw new PipelineError(`PULL_REQUEST is ${PULL_REQUEST}; it must be a number`);
  const body = await readFile(COMMENT_FILE, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new PipelineError(
      `${COMMENT_FILE} cannot be read (${error.code ?? error.message}); run npm run preview:comment before`,
    );
  });
  const [marker] = body.split("\n");
  if (!/^<!-- .+ -->$/.test(marker!)) {
    throw new PipelineError(
      `${COMMENT_FILE} does not begin with a comment's mark; it must be what npm run preview:comment wrote`,
    );
  }
  const pull = { ...repository, issue_number: number };
  const comments = await asked(
    "reading the comments",
    octokit.paginate(octokit.rest.issues.listComments, { ...pull, per_page: 100 }),
  );
  // Anybody may write the mark; a workflow's own comments are a bot's.
  const own = comments.find(
    (comment) => comment.user?.type === "Bot" && comment.body?.startsWith(marker!),
  );
  const { data } = await (own === undefined
    ? asked("writing the comment", octokit.rest.issues.createComment({ ...pull, body }))
    : asked(
        "editing the comment",
        octokit.rest.issues.updateComment({ ...repository, comment_id: own.id, body }),
      ));
  process.stdout.write(`${own === undefined ? "posted" : "edited"}: ${data.html_url}\n`);
});
