import type { Verification } from "../../components/verification";
import type { Look } from "./check";
import type { Report } from "./report";

/** The report as one JSON document, for programs. */
export function jsonOf(
  { rows, notes, underWay, differences }: Report,
  { declared, seen }: Look,
  stack: string,
): string {
  const { nodes, address, release }: Verification = declared;
  return JSON.stringify(
    {
      stack,
      url: address.url,
      release: release.version,
      nodes: nodes.map(({ name, address: ip }) => ({
        name,
        address: ip,
        reachable: seen.some((node) => node.name === name),
      })),
      checks: rows.map(({ check, cells, findings }) => ({
        name: check,
        results: cells,
        differences: findings.map(({ node = null, found, declared: wanted, remedy }) => ({
          node,
          found,
          declared: wanted,
          remedy,
        })),
      })),
      notes,
      underWay,
      summary: { agrees: differences === 0, checks: rows.length, differences },
    },
    null,
    2,
  );
}
