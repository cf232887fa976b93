import type { Lab } from "../lab";
import { HARBOR_PORT } from "../topology";

/** What the proof works with. */
export interface Deployment {
  readonly lab: Lab;
  /** The name and port that clients use. */
  readonly registry: string;
  readonly adminPassword: string;
}

/** One thing that a deployment must do: it returns what was seen, or throws what failed. */
export interface Check {
  readonly name: string;
  run(deployment: Deployment): Promise<string>;
}

/** Where one node serves, past the common name. */
export function nodeUrl(address: string, path: string): string {
  return `http://${address}:${String(HARBOR_PORT)}${path}`;
}

/** Runs something for each node; one failure does not hide another. */
export async function onEach<T extends { readonly name: string }>(
  hosts: readonly T[],
  step: (host: T) => Promise<void>,
): Promise<void> {
  const settled = await Promise.allSettled(hosts.map(step));
  const failed = settled.flatMap((result, i) =>
    result.status === "rejected"
      ? [`${hosts[i]!.name}: ${(result.reason as Error).message.trim()}`]
      : [],
  );
  if (failed.length > 0) throw new Error(failed.join("\n"));
}
