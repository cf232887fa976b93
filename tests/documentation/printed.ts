/*
 * What a page says that a command prints, against what it printed. Lines that the page leaves out don't
 * count; those that it has stand in the output in that order. `…` is any text, and so is what differs
 * from run to run.
 */

const ANY = String.raw`.*?`;

/** What differs from run to run, and what any of it looks like. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/(?<=:)prove-[0-9a-f]+/g, String.raw`prove-[0-9a-f]+`],
  [/\b[0-9a-f]{8,}\b/g, String.raw`[0-9a-f]+`],
  [/\b\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, String.raw`\d{4}-\d\d-\d\d(T[\d:.]+Z)?`],
  [/\b\d+(\.\d+)? (?=s\b)/g, String.raw`\d+(\.\d+)? `],
  [/^\[ *\d+\.\d\]/g, String.raw`\[ *\d+\.\d\]`],
];

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The pattern of one line of a page. */
export function linePattern(line: string): RegExp {
  const marks: string[] = [];
  const mark = (pattern: string) => `\0${String(marks.push(pattern) - 1)}\0`;
  const marked = VARIABLE.reduce(
    (text, [variable, pattern]) => text.replace(variable, () => mark(pattern)),
    line.trim().replaceAll("…", () => mark(ANY)),
  );
  const pattern = escape(marked).replace(/\0(\d+)\0/g, (_, index: string) => marks[Number(index)]!);
  return new RegExp(`^${pattern}$`);
}

/** The first line of a page that the output does not have where it should; undefined where all are there. */
export function missingLine(page: string, output: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- colours
  const printed = output.replace(/\u001b\[[0-9;]*m/g, "").split("\n");
  let at = 0;
  for (const line of page.split("\n")) {
    if (line.trim() === "" || line.trim() === "…") continue;
    const pattern = linePattern(line);
    const found = printed.findIndex((text, i) => i >= at && pattern.test(text.trim()));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}
