import type { Lab } from "../lab";

/** What the proof works with. */
export interface Deployment {
  readonly lab: Lab;
  /** Where clients find the registry; its host is the registry's name for docker. */
  readonly url: URL;
  /** The authority that clients have to trust, as PEM; none where they trust it anyway. */
  readonly caCertificate?: string;
  readonly adminPassword: string;
  readonly airGapped: boolean;
}

export const isHttps = ({ url }: Pick<Deployment, "url">): boolean => url.protocol === "https:";

/** One thing that a deployment must do: it returns what was seen, or throws what failed. */
export interface Check {
  readonly name: string;
  /** Whether a deployment is of the kind that has this to prove. Default: every one is. */
  appliesTo?(deployment: Deployment): boolean;
  run(deployment: Deployment): Promise<string>;
}

/** Runs something for each host; one failure does not hide another. */
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
