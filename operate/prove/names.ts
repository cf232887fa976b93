import { lookup } from "node:dns/promises";
import type { Check, Registry } from "./check";

/** Finds the IPv4 addresses of a name as programs on this machine find them. */
export type Resolve = (name: string) => Promise<string[]>;

const here: Resolve = async (name) =>
  (await lookup(name, { all: true, family: 4 })).map(({ address }) => address);

const list = (addresses: readonly string[]) => addresses.join(", ");

/** The nodes whose records are missing, and the addresses that are no node's. */
function differences({ nodes }: Registry, seen: readonly string[]): string[] {
  const lacking = nodes.filter(({ address }) => !seen.includes(address));
  const further = seen.filter((each) => nodes.every(({ address }) => address !== each));
  return [
    ...lacking.map(({ name, address }) => `lacking: ${address} (${name})`),
    ...further.map((address) => `of no node: ${address}`),
  ];
}

/**
 * The common name has an A record a node, and no other.
 * @param resolve @default as programs on this machine do
 */
export function namesBy(resolve: Resolve = here): Check {
  return {
    name: "DNS round robin",
    remedy:
      "dns.provider manual: publish what `pulumi stack output dnsRecords` names; else `npm run verify` says which node withdrew its record, and why; a cache on the way may keep an answer for dns.ttl seconds",
    async run(registry) {
      const { hostname } = registry.url;
      const seen = await resolve(hostname).catch(({ code, message }: NodeJS.ErrnoException) => {
        throw new Error(`${hostname} is not found from this machine (${code ?? message})`);
      });
      const sorted = [...new Set(seen)].sort();
      const wrong = differences(registry, sorted);
      if (wrong.length > 0) {
        throw new Error([`${hostname} has ${list(sorted)}`, ...wrong].join("\n"));
      }
      return `${hostname} has ${list(sorted)}`;
    },
  };
}
