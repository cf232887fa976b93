import type { Finding, Registry } from "./check";
import { tallyOf } from "./findings";

/** What was found as one JSON document, for programs. */
export function jsonOf(findings: readonly Finding[], registry: Registry, stack: string): string {
  const { url, nodes } = registry;
  const { proved, failed } = tallyOf(findings);
  return JSON.stringify(
    {
      stack,
      url: url.origin,
      nodes: nodes.map(({ name, address }) => ({ name, address })),
      checks: findings.map(({ check: name, passed, text, remedy = null }) => ({
        name,
        passed,
        text,
        remedy,
      })),
      summary: { proved, failed },
    },
    null,
    2,
  );
}
