/*
 * What stands in a comment comes from settings, files and errors: no text of theirs may end a block,
 * make a link or call a person.
 */

/** A text as inline code: what is in it stays as it is. */
export function code(text: string): string {
  return `\`${text.replace(/\s+/g, " ").replaceAll("`", "'")}\``;
}

/** The lines of a text, by whatever ends a line in Markdown: a carriage return does so too. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n?|\n/);
}

/** Lines in a block of their own, whose fence no line of theirs can end. */
export function block(parts: readonly string[], language = ""): string {
  const lines = parts.flatMap(linesOf);
  const longest = Math.max(2, ...lines.map((line) => /^\s*(`*)/.exec(line)![1]!.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

/** A table; a cell that has a bar in it keeps it. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows.map(
    (row) =>
      `| ${row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`,
  );
  return [head!, `|${" --- |".repeat(rows[0]!.length)}`, ...body].join("\n");
}

/** A part that is folded until somebody asks for it. */
export function folded(summary: string, content: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>\n\n${content}\n\n</details>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
