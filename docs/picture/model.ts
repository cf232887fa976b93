/** A node as its own steps describe it. */
export interface DrawnNode {
  readonly name: string;
  readonly address: string;
  /** The services that run, sorted. */
  readonly services: readonly string[];
  readonly mountPoint: string;
  /** What is open to others: `8070:80` of the service `proxy`. */
  readonly published: readonly { readonly service: string; readonly ports: string }[];
}

/** Something outside the nodes, and by what they find it. */
export interface Store {
  /** Addresses, in the order in which they are tried. */
  readonly hosts: readonly string[];
  /** What of it is used: a path, a database. */
  readonly part: string;
  /** Where a node has that from. */
  readonly named: string;
}

/** What the picture shows, all of it read from what the program declares. */
export interface Model {
  readonly url: URL;
  readonly release: string;
  readonly nodes: readonly DrawnNode[];
  /** Docker hosts that are set up by the program. */
  readonly clients: readonly string[];
  /** What no node may have for itself. */
  readonly shared: readonly string[];
  readonly dns: {
    readonly name: string;
    readonly addresses: readonly string[];
    readonly ttl: number;
    /** The server that nodes send their updates to; without it somebody keeps the records by hand. */
    readonly server?: string;
    /** Whether the nodes keep the records by their health. */
    readonly healthChecks: boolean;
  };
  readonly files?: Store & { readonly directories: readonly string[] };
  readonly database?: Store;
  readonly sessions?: Store & { readonly leases: boolean };
}
