import { Resolver } from "node:dns/promises";
import type { Lab } from "../../lab/lab";
import { sleep, waitFor } from "../../lab/shell";
import { ADDRESSES, DOMAIN, NODE_NAMES, type NodeName } from "../../lab/topology";

/** Which A records the name had at a moment. */
interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Names of nodes, sorted; an address that is no node's, as it is. */
  readonly records: readonly string[];
}

/** A time in which a node had no record, in milliseconds since 1970. */
export interface Absence {
  readonly node: NodeName;
  readonly from: number;
  readonly to: number;
}

const INTERVAL = 0.2;

const nameOf = (address: string): string =>
  NODE_NAMES.find((node) => ADDRESSES[node] === address) ?? address;

/** Whose records the name has at the lab's own server, at this moment. */
export async function recordsOf({ dns }: Lab): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2000, tries: 3 });
  resolver.setServers([`${dns.server}:${String(dns.port)}`]);
  const addresses = await resolver.resolve4(DOMAIN).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENODATA") return [];
    throw error;
  });
  return addresses.map(nameOf).sort();
}

/**
 * Waits until the name has these records and no other.
 * @returns the seconds that it took
 */
export async function untilRecords(
  described: Lab,
  wanted: readonly string[],
  timeout: number,
): Promise<number> {
  const began = Date.now();
  const text = [...wanted].sort().join();
  let seen: readonly string[] = [];
  await waitFor(
    `the records ${text}`,
    async () => {
      seen = await recordsOf(described);
      return seen.join() === text;
    },
    { timeout, interval: INTERVAL },
  ).catch((error: Error) => {
    throw new Error(`${error.message}; there are ${seen.join() || "none"}`);
  });
  return (Date.now() - began) / 1000;
}

/** Looks five times a second which records there are, until it is stopped. */
export function watchRecords(described: Lab): { stop: () => Promise<readonly Sample[]> } {
  const samples: Sample[] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      samples.push({ at: Date.now(), records: await recordsOf(described) });
      await sleep(INTERVAL);
    }
  })();
  // It is waited for below; until then a failure of it must not end this process.
  watching.catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return samples;
    },
  };
}

/** When each node had no record, in the order in which that began. */
export function absences(samples: readonly Sample[]): Absence[] {
  const found: Absence[] = [];
  for (const node of NODE_NAMES) {
    let from: number | undefined;
    for (const { at, records } of samples) {
      if (!records.includes(node)) from ??= at;
      else if (from !== undefined) {
        found.push({ node, from, to: at });
        from = undefined;
      }
    }
    if (from !== undefined) found.push({ node, from, to: samples.at(-1)!.at });
  }
  return found.sort((a, b) => a.from - b.from);
}
