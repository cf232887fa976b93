/**
 * Opens, updates or closes the issue of one stack by what a look at it found. Reads GITHUB_TOKEN,
 * GITHUB_REPOSITORY, STACK and FOLDER, in which pipeline/drift.sh left STACK.status, STACK.json and
 * STACK.log.
 */
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import {
  type Drift,
  driftMarker,
  driftText,
  driftTitle,
  placesIn,
  type VerifyReport,
} from "./drift-text";
import { deploymentsOf } from "./deployments";
import { asked, repositoryOf } from "./github";
import { needed, runPipeline } from "./needed";

const LABEL = "drift";
const DRIFTS: Readonly<Record<string, Drift>> = { "0": "none", "1": "some" };

/** What the look came to, and its text; a look that left nothing is one that could not look. */
async function lookedAt(
  folder: string,
  stack: string,
): Promise<{ drift: Drift; text: string; underWay?: boolean }> {
  const read = (ending: string) =>
    readFile(path.join(folder, `${stack}.${ending}`), "utf8").catch(() => "");
  const drift = DRIFTS[(await read("status")).trim()] ?? "blind";
  const report = drift === "some" ? reportIn(await read("json")) : undefined;
  if (report !== undefined)
    return { drift, text: driftText(stack, report), underWay: report.underWay === true };
  const said = (await read("log")) || "the job that looks has left nothing; its log says why";
  // A program that crashed ends with 1 too, and leaves no report.
  return { drift: drift === "none" ? drift : "blind", text: driftText(stack, { said }) };
}

function reportIn(text: string): VerifyReport | undefined {
  try {
    const report = JSON.parse(text) as VerifyReport;
    return Array.isArray(report.checks) ? report : undefined;
  } catch {
    return undefined;
  }
}

runPipeline("drift-issue", async () => {
  const { STACK, FOLDER } = needed({
    STACK: "the stack that was looked at",
    FOLDER: "the folder with what pipeline/drift.sh left",
  });
  const { octokit, ...repository } = repositoryOf();
  const { drift, text, underWay } = await lookedAt(FOLDER, STACK);
  const say = (line: string) => void process.stdout.write(`${STACK}: ${line}\n`);
  // What a deployment has changed so far is no drift; the next look tells what is left.
  const deploying = async () =>
    (await deploymentsOf(STACK)).some(({ begun, open }) => begun && open);
  if (drift === "some" && (underWay || (await deploying())))
    return say("it differs while a deployment is under way; its issue, if any, is left as it is");
  const open = await asked(
    "reading the issues",
    octokit.paginate(octokit.rest.issues.listForRepo, {
      ...repository,
      labels: LABEL,
      state: "open",
      per_page: 100,
    }),
  );
  // Anybody may write the mark; a workflow's own issues are a bot's.
  const own = open.find(
    (issue) => issue.user?.type === "Bot" && issue.body?.startsWith(driftMarker(STACK)),
  );
  const issue = { ...repository, issue_number: own?.number ?? 0 };
  const title = driftTitle(STACK, drift);
  if (drift === "none") {
    if (own === undefined) return say("all agrees, and no issue is open");
    const body = "`npm run verify` finds no difference any more.";
    await asked("commenting the issue", octokit.rest.issues.createComment({ ...issue, body }));
    await asked(
      "closing the issue",
      octokit.rest.issues.update({ ...issue, state: "closed", state_reason: "completed" }),
    );
    return say(`all agrees again; closed ${own.html_url}`);
  }
  if (own === undefined) {
    const { data } = await asked(
      "opening an issue",
      octokit.rest.issues.create({ ...repository, title, body: text, labels: [LABEL] }),
    );
    return say(`opened ${data.html_url}`);
  }
  // GitHub gives line ends as a browser sends them.
  if (own.title === title && own.body?.replaceAll("\r\n", "\n").trim() === text.trim())
    return say(`as it was: ${own.html_url}`);
  await asked("updating the issue", octokit.rest.issues.update({ ...issue, title, body: text }));
  if (placesIn(own.body ?? "") !== placesIn(text)) {
    const body = "What differs has changed; the text above says it anew.";
    await asked("commenting the issue", octokit.rest.issues.createComment({ ...issue, body }));
  }
  return say(`updated ${own.html_url}`);
});
