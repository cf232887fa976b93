import type { Model } from "./model";

function list(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}

/** The picture in words, with everything that is in it unshortened. */
export function described(model: Model): { readonly title: string; readonly description: string } {
  const { url, release, nodes, dns, files, database, sessions } = model;
  const keeper =
    dns.server === undefined ? "are kept by hand" : `are kept on ${dns.server} by the nodes`;
  const sentences = [
    `Clients reach ${url.origin} by ${dns.name}, which has an A record a node: ${list(dns.addresses)}, with a time to live of ${String(dns.ttl)} s. The records ${keeper}.`,
    model.clients.length > 0 && `The program sets up ${list(model.clients)} as clients.`,
    ...nodes.map(
      ({ name, address, services, published, mountPoint }) =>
        `${name} (${address}) runs ${list(services)}; ${list(published.map(({ service, ports }) => `${service} is published as ${ports}`))}; ${mountPoint} is mounted.`,
    ),
    `The same on every node: ${list([`Harbor ${release}`, ...model.shared])}.`,
    files &&
      `CephFS ${files.part} at ${list(files.hosts)} holds ${list(files.directories)} (${files.named}).`,
    database && `The database ${database.part} is at ${list(database.hosts)} (${database.named}).`,
    sessions &&
      `Redis at ${list(sessions.hosts)} holds the web sessions (${sessions.named})${sessions.leases ? " and the nodes' leases" : ""}.`,
  ];
  return {
    title: `Harbor ${release} on ${String(nodes.length)} ${nodes.length === 1 ? "node" : "nodes"}`,
    description: sentences.filter((sentence) => typeof sentence === "string").join(" "),
  };
}
