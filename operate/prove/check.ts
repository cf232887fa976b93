/** A deployed registry, as a client knows it that can reach each node. */
export interface Registry {
  /** Where clients find it; its host is the registry's name for docker. */
  readonly url: URL;
  /** The authority that clients have to trust, as PEM; none where they trust it anyway. */
  readonly caCertificate?: string;
  readonly nodes: readonly Node[];
  /** Who logs in: an administrator, or another user who may push and delete. */
  readonly user: { readonly name: string; readonly password: string };
}

export interface Node {
  readonly name: string;
  /** Its IPv4 address, where its proxy listens at the port of the URL. */
  readonly address: string;
}

export const isHttps = ({ url }: Pick<Registry, "url">): boolean => url.protocol === "https:";

/** One thing that a deployment must do: it returns what was seen, or throws what failed. */
export interface Check<Subject = Registry> {
  readonly name: string;
  /** What to do where it fails. Default: the failure says it. */
  readonly remedy?: string;
  /** Whether a deployment is of the kind that has this to prove. Default: every one is. */
  appliesTo?(subject: Subject): boolean;
  run(subject: Subject): Promise<string>;
}

/** What one check saw, or why it failed. */
export interface Finding {
  readonly check: string;
  readonly passed: boolean;
  /** One line, or one line a host. */
  readonly text: string;
  /** What to do, of a failed one. */
  readonly remedy?: string;
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
