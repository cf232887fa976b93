import { Resolver } from "node:dns/promises";
import type { Deployment } from "../../../lab/proof/check";
import { type Answer, ask } from "../../../operate/prove/http";

/** What one round could not do, and on which node. */
export interface Failure {
  /** When it was clear, in milliseconds since 1970. */
  readonly at: number;
  /** A node's name, or `dns`. */
  readonly node: string;
  /** A status with what was asked for, or the network's error. */
  readonly what: string;
}

/** What a client saw that fetches a token and a manifest again and again. */
export interface SteadySeen {
  /** Rounds: a look-up of the name, a token, a manifest. */
  readonly requests: number;
  readonly failures: readonly Failure[];
  /** Addresses left for the next one because they refused the connection. */
  readonly refused: number;
  /** The same because nothing was there at all: no failure, but time lost. */
  readonly unreachable: number;
  /** When a round last succeeded, in milliseconds since 1970. */
  readonly lastSuccess: number;
  /** The longest round that succeeded, in milliseconds. */
  readonly longestRound: number;
  /** The longest time in which no round succeeded, in milliseconds. */
  readonly longestGap: number;
}

/** An image that is in the registry. */
export interface Image {
  /** Such as `library/steady`. */
  readonly repository: string;
  /** `sha256:…` of its manifest. */
  readonly digest: string;
}

const INTERVAL_MS = 100;
const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const UNREACHABLE = ["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ETIMEDOUT"];

/** A round that failed, and where. */
class RoundFailed extends Error {
  constructor(
    readonly node: string,
    what: string,
  ) {
    super(what);
  }
}

/**
 * Every 100 ms, whether or not earlier rounds have ended, it looks the name up, fetches a token and
 * with it the image's manifest, from the addresses in the order of the answer. Like docker, it takes
 * the next address where a connection could not be made, and never tries again after that.
 * @param image an image that everybody may pull
 */
export function startSteady(
  deployment: Deployment,
  image: Image,
): { stop: () => Promise<SteadySeen>; soFar: () => SteadySeen } {
  const { lab, url, adminPassword } = deployment;
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  resolver.setServers([`${lab.dns.server}:${String(lab.dns.port)}`]);
  const credentials = Buffer.from(`admin:${adminPassword}`).toString("base64");
  const token = `/service/token?service=harbor-registry&scope=repository:${image.repository}:pull`;
  const manifest = `/v2/${image.repository}/manifests/${image.digest}`;
  const nameOf = (address: string) =>
    lab.nodes.find((node) => node.address === address)?.name ?? address;

  const failures: Failure[] = [];
  const successes: number[] = [];
  const skipped = { refused: 0, unreachable: 0 };
  let requests = 0;
  let longestRound = 0;

  async function fetchFrom(
    addresses: readonly string[],
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer & { readonly node: string }> {
    for (const [i, address] of addresses.entries()) {
      try {
        const answer = await ask(deployment, address, path, { headers });
        if (answer.status === 200) return { ...answer, node: nameOf(address) };
        const what = path.replace(/\?.*/, "");
        throw new RoundFailed(nameOf(address), `${String(answer.status)} ${what}`);
      } catch (error) {
        if (error instanceof RoundFailed) throw error;
        const { code = "", message } = error as NodeJS.ErrnoException;
        const unreachable = UNREACHABLE.includes(code);
        if (i === addresses.length - 1 || !(unreachable || code === "ECONNREFUSED")) {
          throw new RoundFailed(nameOf(address), message);
        }
        skipped[unreachable ? "unreachable" : "refused"]++;
      }
    }
    throw new RoundFailed("dns", "the name has no address");
  }

  async function round(): Promise<void> {
    const addresses = await resolver.resolve4(url.hostname).catch((error: Error) => {
      throw new RoundFailed("dns", error.message);
    });
    const { body } = await fetchFrom(addresses, token, { Authorization: `Basic ${credentials}` });
    const given = (JSON.parse(body) as { token: string }).token;
    const { headers, node } = await fetchFrom(addresses, manifest, {
      Authorization: `Bearer ${given}`,
      Accept: MANIFEST,
    });
    if (headers["docker-content-digest"] !== image.digest) {
      const other = String(headers["docker-content-digest"]);
      throw new RoundFailed(node, `the manifest is another: ${other}`);
    }
  }

  const began = Date.now();
  const running = new Set<Promise<void>>();
  const start = () => {
    const at = Date.now();
    requests++;
    const one = round()
      .then(
        () => {
          successes.push(Date.now());
          longestRound = Math.max(longestRound, Date.now() - at);
        },
        (error: unknown) => {
          const node = error instanceof RoundFailed ? error.node : "client";
          failures.push({ at: Date.now(), node, what: (error as Error).message });
        },
      )
      .finally(() => running.delete(one));
    running.add(one);
  };
  start();
  const timer = setInterval(start, INTERVAL_MS);

  const soFar = (): SteadySeen => {
    const times = [began, ...successes, Date.now()];
    const longestGap = Math.max(...times.slice(1).map((time, i) => time - times[i]!));
    const lastSuccess = successes.at(-1) ?? 0;
    return { requests, failures: [...failures], ...skipped, lastSuccess, longestRound, longestGap };
  };
  const end = async (): Promise<SteadySeen> => {
    clearInterval(timer);
    const { longestGap } = soFar();
    await Promise.all(running);
    return { ...soFar(), longestGap };
  };
  let ended: Promise<SteadySeen> | undefined;
  return { soFar, stop: () => (ended ??= end()) };
}

/** How often each kind of failure came, such as `3 x hub1: 502 /service/token`. */
function failureKinds(failures: readonly Failure[]): string {
  const kinds = new Map<string, number>();
  for (const { node, what } of failures) {
    const kind = `${node}: ${what}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, times]) => `${String(times)} x ${kind}`).join("; ");
}

/** The numbers in one line. */
export function steadyLine(seen: SteadySeen): string {
  const { requests, failures, refused, unreachable, longestRound, longestGap } = seen;
  const kinds = failures.length > 0 ? ` (${failureKinds(failures)})` : "";
  return (
    `steady client: ${String(requests)} rounds, ${String(failures.length)} failed${kinds}; ` +
    `next address taken ${String(refused)} times on refusal, ${String(unreachable)} times where ` +
    `nothing answered; longest round ${String(longestRound)} ms, ` +
    `longest time without success ${String(longestGap)} ms`
  );
}
