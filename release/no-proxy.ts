import { Compose } from "./compose";

/** What Harbor and docker on a node reach without the proxy. */
export interface Direct {
  /** Names by which the release's containers know each other: see internalNames. */
  readonly services: readonly string[];
  /** The registry's common name. */
  readonly hostname: string;
  readonly databaseHost: string;
  readonly redisHost: string;
  /** `host[:port]` of each Ceph monitor. */
  readonly monitors: readonly string[];
  /** The user's own entries: names, domains, addresses, networks. */
  readonly extra: readonly string[];
}

const LOCAL = ["localhost", "127.0.0.1", "::1"];

/**
 * The complete list for NO_PROXY: one that lacks a service sends Harbor's calls to itself to the
 * proxy (goharbor/harbor#8285, goharbor/harbor#9554, goharbor/harbor#10848).
 *
 * The nodes' own names and addresses are not in it: docker and Harbor reach a node under the common name
 * alone, and entries are compared with the name that is asked for, never with what it resolves to. With
 * them in it, every node that comes or goes would restart docker and Harbor on all the others.
 *
 * @returns entries with commas between them, without ports, each once, in the order given
 */
export function noProxy(direct: Direct): string {
  const { services, hostname, databaseHost, redisHost, monitors, extra } = direct;
  const entries = [...LOCAL, ...services, hostname, databaseHost, redisHost, ...monitors, ...extra];
  return [...new Set(entries.map(withoutPort).filter((entry) => entry !== ""))].join(",");
}

/** An IPv6 address has several colons, and brackets where a port follows. */
function withoutPort(entry: string): string {
  const text = entry.trim();
  return /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([^:]*):\d+$/, "$1");
}

/**
 * The names that resolve on the network of a release's containers: services and, where they differ,
 * containers, in the order of the file.
 *
 * @param compose text of docker-compose.yml
 */
export function internalNames(compose: string): string[] {
  const parsed = Compose.parse(compose);
  return [...new Set(parsed.serviceNames().flatMap((name) => parsed.namesOf(name)))];
}
