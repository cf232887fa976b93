import { execFileSync } from "node:child_process";
import { PipelineError } from "./needed";

function git(...args: string[]): string {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function succeeds(...args: string[]): boolean {
  try {
    git(...args);
    return true;
  } catch {
    return false;
  }
}

/** Whether a commit is in the checked-out history: a force-push may have taken it away. */
export const isThere = (commit: string) => succeeds("cat-file", "-e", `${commit}^{commit}`);

/** Whether a commit comes after another one, or is it. */
export const descends = (commit: string, from: string) =>
  succeeds("merge-base", "--is-ancestor", from, commit);

/**
 * The files in which two commits differ.
 * @param base with `merge-base`, where the two parted counts: what came to the other one since does not
 * @throws PipelineError for commits that git can't compare
 */
export function changedFiles(from: string, to: string, base: "merge-base" | "as it is"): string[] {
  const range = base === "merge-base" ? `${from}...${to}` : `${from}..${to}`;
  try {
    return git("diff", "--name-only", "--no-renames", "-z", range, "--")
      .split("\0")
      .filter(Boolean);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    throw new PipelineError(
      `git can't compare ${from} with ${to}: ${said}\nCheck the whole history out (fetch-depth: 0).`,
    );
  }
}
