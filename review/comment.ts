import type { FileDiff } from "./file-diffs";
import { cutTo, shares } from "./length";
import { block, code, folded, linesOf } from "./markdown";
import { readPreview } from "./read-preview";
import { sectionWithout, stackSection, type StackSection } from "./stack-section";

/** By this first line the comment is found again when it is to be edited. */
export const MARKER = "<!-- harbor-ha preview -->";

/** Characters that a comment may have on GitHub. */
export const GITHUB_LIMIT = 65_536;
/** Below that a comment could not say what is left out. */
export const LEAST_LIMIT = 2_000;

/** Lines of one file that are worth the room when several files want it. */
const LINES_OF_A_FILE = 400;

export interface StackPreview {
  readonly stack: string;
  /** What the preview printed; empty where it printed nothing. */
  readonly text: string;
  /** Why that is not known. @default it is */
  readonly problem?: string;
}

export interface CommentOptions {
  /** Characters that the comment may have at most. @default GITHUB_LIMIT */
  readonly limit?: number;
  /** What was previewed, such as a commit. @default not said */
  readonly revision?: string;
}

/** A diff as a part of a comment, cut where it is very long. */
function shown({ title, hosts, lines }: FileDiff, stack: string): string {
  const cut = lines.length > LINES_OF_A_FILE;
  const rest = `… ${lines.length - LINES_OF_A_FILE} more lines: pulumi preview --diff --stack ${stack}`;
  const visible = cut ? [...lines.slice(0, LINES_OF_A_FILE), rest] : lines;
  return folded(`${title} (${hosts.join(", ")})`, block(visible, "diff"));
}

function leftOut(count: number, stack: string): string {
  const what = count === 1 ? "one more diff is" : `${count} more diffs are`;
  return `${what} left out for length: \`pulumi preview --diff --stack ${stack}\` has all.`;
}

/** As many of a stack's diffs as fit, the rest counted. */
function diffsWithin({ diffs, stack }: StackSection, room: number): string {
  const parts: string[] = [];
  let used = 0;
  const reserve = leftOut(diffs.length, stack).length + 2;
  for (const [i, diff] of diffs.entries()) {
    const part = shown(diff, stack);
    const last = i === diffs.length - 1;
    if (used + part.length + 2 + (last ? 0 : reserve) > room) {
      // A comment that is full already has no room to say so either.
      if (used + reserve <= room) parts.push(leftOut(diffs.length - i, stack));
      break;
    }
    parts.push(part);
    used += part.length + 2;
  }
  return parts.join("\n\n");
}

/** What is said of a stack. What is odd in one preview takes nothing away from the others. */
function sectionOf({ stack, text, problem }: StackPreview): StackSection {
  try {
    if (problem !== undefined) throw new Error(problem);
    const preview = readPreview(text);
    return preview === undefined
      ? sectionWithout(stack, "**the preview could not run**; the job's log says why")
      : stackSection(stack, preview);
  } catch (error) {
    const [reason = ""] = linesOf(error instanceof Error ? error.message : String(error));
    const why = code(reason.slice(0, 200));
    return sectionWithout(
      stack,
      `**what the preview printed could not be read** (${why}); the job's log may say more`,
    );
  }
}

/**
 * One comment that says what a change would do to each stack: first a line each, then which host, what
 * is restarted and in which order, then the diffs, folded. The same previews give the same text.
 *
 * Nothing hidden is in it: it is made of what the engine shows, and of that only of texts that a preview
 * may show (the commands' own, not what they read).
 *
 * @param previews what `pulumi preview --json` printed for each stack that the change touches
 */
export function previewComment(
  previews: readonly StackPreview[],
  { limit = GITHUB_LIMIT, revision }: CommentOptions = {},
): string {
  const sections = previews.map(sectionOf);
  const summary =
    sections.length > 0
      ? sections.map(({ stack, headline }) => `- **${stack}**: ${headline}`).join("\n")
      : "This change touches no stack: nothing would be deployed.";
  const title = `## What this change would do${revision === undefined ? "" : ` (${revision})`}`;
  const head = [MARKER, title, summary].join("\n\n");
  // The texts come first, and the diffs share the room that is left, what one does not need for the next.
  const needs = sections.map(({ text }) => (text === "" ? 0 : text.length + 2));
  let room = limit - head.length - 1;
  const given = shares(needs, room);
  room -= given.reduce((sum, length) => sum + length, 0);
  let waiting = sections.filter(({ diffs }) => diffs.length > 0).length;
  const parts = sections.flatMap((section, i) => {
    const text = cutTo(given[i]! - 2, section.text);
    if (section.diffs.length === 0) return text === "" ? [] : [text];
    const diffs = diffsWithin(section, Math.floor(room / waiting) - 2);
    room -= diffs.length + 2;
    waiting -= 1;
    return [text, diffs].filter((part) => part !== "");
  });
  return `${cutTo(limit - 1, [head, ...parts].join("\n\n"))}\n`;
}
