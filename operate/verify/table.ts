import type { Verification } from "../../components/verification";
import type { Finding } from "./check";
import { NOT_SEEN, OK, type Report } from "./report";

/** Select Graphic Rendition of a terminal: green, red, faint. */
const COLORS = { good: 32, bad: 31, faint: 2 } as const;

type Paint = (text: string, color: keyof typeof COLORS) => string;

const paint: Paint = (text, color) => `\u001b[${COLORS[color]}m${text}\u001b[0m`;
const plain: Paint = (text) => text;

const colorOf = (cell: string) => (cell === OK ? "good" : cell === NOT_SEEN ? "faint" : "bad");

/** Columns of the widths that they need; the first row is the heading. */
function columns(rows: readonly (readonly string[])[], paintCell: Paint): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row, number) =>
    row
      .map((text, i) => {
        const padding = " ".repeat(i === row.length - 1 ? 0 : widths[i]! - text.length + 2);
        const isCell = number > 0 && i > 0 && text !== "";
        return (isCell ? paintCell(text, colorOf(text)) : text) + padding;
      })
      .join("")
      .trimEnd(),
  );
}

/** A difference in words: what, where, and what to do. */
function words({ node = "cluster", found, declared, remedy }: Finding, check: string): string[] {
  return [`${check}: ${found}`, `  declared: ${declared}`, `  to do:    ${remedy}`].map(
    (line) => `${node}: ${line}`,
  );
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** A table with a row a check and a column a node, and below it each difference in words. */
export function tableOf(
  { rows, notes, differences }: Report,
  { nodes, address, release }: Verification,
  color: boolean,
): string[] {
  const names = nodes.map(({ name }) => name);
  const cluster = rows.some((row) => row.cluster !== undefined);
  const paintCell = color ? paint : plain;
  const summary =
    differences === 0
      ? paintCell(`all ${counted(rows.length, "check")} agree`, "good")
      : paintCell(counted(differences, "difference"), "bad");
  const told = rows.flatMap(({ check, findings }) =>
    findings.map((finding) => ["", ...words(finding, check)]),
  );
  return [
    `${address.url}: Harbor ${release.version} on ${counted(nodes.length, "node")}`,
    "",
    ...columns(
      [
        ["check", ...names, ...(cluster ? ["cluster"] : [])],
        ...rows.map((row) => [
          row.check,
          ...names.map((name) => row.cells[name]!),
          ...(cluster ? [row.cluster ?? ""] : []),
        ]),
      ],
      paintCell,
    ),
    "",
    ...notes,
    summary,
    ...told.flat(),
  ];
}
