import type { Check, Finding, Look } from "./check";

/** What a check says of the cluster. */
export interface Row {
  readonly check: string;
  /** By node: `ok`, a mark, or `-` for one that could not be looked at. */
  readonly cells: Readonly<Record<string, string>>;
  /** The mark of what is about no single node; undefined where nothing is. */
  readonly cluster?: string;
  readonly findings: readonly Finding[];
}

export interface Report {
  readonly rows: readonly Row[];
  /** What explains a difference, or passes by itself. */
  readonly notes: readonly string[];
  /** Whether something is changing a node right now, so that differences may pass by themselves. */
  readonly underWay: boolean;
  /** Number of differences. */
  readonly differences: number;
}

export const OK = "ok";
export const NOT_SEEN = "-";

function cell(findings: readonly Finding[], otherwise: string): string {
  const [first] = findings;
  if (first === undefined) return otherwise;
  return findings.length === 1 ? first.mark : `${findings.length} differ`;
}

function rowOf(check: Check, look: Look): Row {
  const findings = check.judge(look);
  const of = (name: string | undefined) => findings.filter(({ node }) => node === name);
  const seen = (name: string) => look.seen.some((node) => node.name === name);
  const cells = look.declared.nodes.map(({ name }) => [
    name,
    cell(of(name), seen(name) ? OK : NOT_SEEN),
  ]);
  const cluster = of(undefined);
  return {
    check: check.name,
    cells: Object.fromEntries(cells) as Record<string, string>,
    ...(cluster.length > 0 && { cluster: cell(cluster, "") }),
    findings,
  };
}

/** What is changing a node right now, a line each. */
function runsUnderWay({ seen }: Look): string[] {
  return seen.flatMap(({ name, facts }) => {
    const [state, lock = ""] = facts.one("run");
    return state === "held"
      ? [`${name}: a run is under way, and differences may be a part of it: ${lock}`]
      : [];
  });
}

/** What the checks say of what was found. */
export function reportOf(look: Look, checks: readonly Check[]): Report {
  const rows = checks
    .filter((check) => check.appliesTo?.(look.declared) ?? true)
    .map((check) => rowOf(check, look));
  const runs = runsUnderWay(look);
  return {
    rows,
    notes: runs,
    underWay: runs.length > 0,
    differences: rows.reduce((sum, { findings }) => sum + findings.length, 0),
  };
}
