import type { Verification } from "../../components/verification";
import type { Facts } from "./facts";

/** By how much a node's clock is ahead of this machine's, in milliseconds: at least and at most. */
export interface ClockOffset {
  readonly least: number;
  readonly most: number;
}

/** A node that was looked at. */
export interface SeenNode {
  readonly name: string;
  readonly facts: Facts;
  /** Undefined where the node did not say its time. */
  readonly clock?: ClockOffset;
}

/** A node that could not be looked at. */
export interface UnseenNode {
  readonly name: string;
  /** How far the look came, in a word or two. */
  readonly mark: string;
  readonly reason: string;
}

/** What there is to judge by: what was declared, and what was found. */
export interface Look {
  readonly declared: Verification;
  readonly seen: readonly SeenNode[];
  readonly unseen: readonly UnseenNode[];
  /** What this machine's resolver says of the common name, where somebody else keeps its records. */
  readonly resolved?: { readonly addresses: readonly string[] } | { readonly problem: string };
  readonly now: Date;
}

/** A difference between what was found and what was declared. Holds no secret. */
export interface Finding {
  /** The node that it is about; undefined for the cluster as a whole. */
  readonly node?: string;
  /** What stands in the table, in a word or two. */
  readonly mark: string;
  readonly found: string;
  readonly declared: string;
  /** What to do. */
  readonly remedy: string;
}

/** One row of the table. */
export interface Check {
  readonly name: string;
  /** Whether a deployment is of the kind that has this. @default every one is */
  appliesTo?(declared: Verification): boolean;
  judge(look: Look): Finding[];
}

/** A finding on the node that is being judged. */
export type NodeFinding = Omit<Finding, "node">;

/**
 * A judge of the nodes one by one. What a node could not say is a difference too: it may hide one.
 * @param facts names of the facts that the judge reads
 */
export function onEachNode(
  facts: readonly string[],
  judge: (node: SeenNode, look: Look) => NodeFinding[],
): Check["judge"] {
  return (look) =>
    look.seen.flatMap((node) => {
      const unknown = facts.flatMap((fact) => {
        const reason = node.facts.unknown(fact);
        return reason === undefined ? [] : [unknownFact(fact, reason)];
      });
      return [...unknown, ...judge(node, look)].map((found) => ({ node: node.name, ...found }));
    });
}

function unknownFact(fact: string, reason: string): NodeFinding {
  return {
    mark: "unknown",
    found: `${fact}: ${reason}`,
    declared: "a node that can be looked at",
    remedy: "look at the node by hand, mend what keeps it from answering, and verify again",
  };
}

/** The command that takes a node's step back and does it again. */
export function redo(node: string, step: "stage" | "start"): string {
  return `pulumi up --replace '**::${node}-${step}'`;
}

/** The value that most have; of several, the first. */
export function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
