import { block, code, table } from "../review/markdown";

/** What `npm run verify -- --json` prints, as far as an issue tells of it. */
export interface VerifyReport {
  readonly url?: string;
  readonly release?: string;
  readonly notes?: readonly string[];
  /** Whether something was changing a node at that time. */
  readonly underWay?: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly differences: readonly {
      readonly node: string | null;
      readonly found: string;
      readonly declared: string;
      readonly remedy: string;
    }[];
  }[];
}

/** What a look at a stack came to. */
export type Drift = "none" | "some" | "blind";

/** By this first line the issue of a stack is known. */
export function driftMarker(stack: string): string {
  return `<!-- harbor-ha drift ${stack} -->`;
}

export function driftTitle(stack: string, drift: Drift): string {
  return drift === "blind"
    ? `${stack}: nobody can tell whether what runs is what was declared`
    : `${stack}: what runs is not what was declared`;
}

function foundText(stack: string, { checks, notes = [], url, release }: VerifyReport): string[] {
  const rows = checks.flatMap(({ name, differences }) =>
    differences.map(({ node, found, declared, remedy }) => [
      node ?? "cluster",
      name,
      ...[found, declared].map(code),
      remedy,
    ]),
  );
  return [
    `${url === undefined ? `The stack ${stack}` : code(url)}${release ? `, Harbor ${release}` : ""}: ${rows.length} ${rows.length === 1 ? "difference" : "differences"}.`,
    table([["node", "check", "found", "declared", "what to do"], ...rows]),
    ...(notes.length > 0 ? [block(notes)] : []),
    `Look again with \`npm run verify -- --stack ${stack}\`. Where somebody changed a node by hand, \`pulumi up --stack ${stack}\` puts back what Pulumi sees as changed; the rest is said in docs/day-two.md.`,
  ];
}

function blindText(stack: string, said: string): string[] {
  return [
    `\`npm run verify -- --stack ${stack}\` could not look. It said:`,
    block(said.trim().split("\n").slice(-20)),
    "Whether the registry serves is another question; look at the job's log, at the network between the runner and the nodes, and at the stack's secrets.",
  ];
}

/** Where something differs, for comparison: a clock's offset, say, is another one every night. */
function placesMarker(found: VerifyReport | { readonly said: string }): string {
  if ("said" in found) return "<!-- nobody could look -->";
  const places = found.checks.flatMap(({ name, differences }) =>
    differences.map(({ node }) => `${node ?? "cluster"} ${name}`),
  );
  return `<!-- differs: ${[...new Set(places)].sort().join(", ")} -->`;
}

/** The part of an issue's text by which two of them are about the same places. */
export function placesIn(text: string): string | undefined {
  return /^<!-- (?:differs: |nobody could look).*-->$/m.exec(text)?.[0];
}

/** An issue's text for what a look found. The same look gives the same text. */
export function driftText(stack: string, found: VerifyReport | { readonly said: string }): string {
  const parts = "said" in found ? blindText(stack, found.said) : foundText(stack, found);
  const marks = `${driftMarker(stack)}\n${placesMarker(found)}`;
  return `${[marks, ...parts].join("\n\n")}\n`;
}
