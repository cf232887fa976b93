import * as pulumi from "@pulumi/pulumi";
import type { Parameters } from "../host/command";
import type { NodeArgs } from "./node-connection";

/** A server that takes dynamic updates (RFC 2136), signed with a TSIG key. */
export interface Rfc2136Args {
  readonly provider: "rfc2136";
  readonly server: string;
  readonly port: number;
  /** The zone that holds the hostname. */
  readonly zone: string;
  /** Time to live of the records, in seconds: how long clients keep an answer. */
  readonly ttl: number;
  /** Whether nodes withdraw records by themselves, and put them back. @default true */
  readonly healthChecks?: boolean;
  readonly tsig: {
    readonly name: string;
    readonly algorithm: string;
    /** In base64. */
    readonly secret: pulumi.Input<string>;
  };
}

/** Somebody else keeps the records; the program says which are wanted. */
export interface ManualDnsArgs {
  readonly provider: "manual";
  /** Time to live of the records, in seconds. */
  readonly ttl: number;
}

export type DnsArgs = Rfc2136Args | ManualDnsArgs;

/** An A record of the common name. */
export interface DnsRecord {
  readonly name: string;
  readonly type: "A";
  readonly ttl: number;
  readonly address: string;
}

/**
 * One name with an A record a node.
 *
 * A node's record must not appear before its health gate has passed and must be gone before it
 * stops, so the update is part of the node's own start and stop; this component says what those
 * steps need for it.
 */
export class DnsRoundRobin extends pulumi.ComponentResource {
  /** The records when every node is healthy. */
  readonly records: readonly DnsRecord[];
  /** Whether nodes look after the records by themselves. */
  readonly healthChecks: boolean;
  /** What the steps on a node need to know; nothing in it is secret. */
  readonly parameters: Parameters;
  /** What they need and must not be seen. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(
    hostname: string,
    nodes: readonly NodeArgs[],
    dns: DnsArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("harbor-ha:index:DnsRoundRobin", hostname, {}, options);
    this.records = nodes.map(({ address }) => ({
      name: hostname,
      type: "A",
      ttl: dns.ttl,
      address,
    }));
    this.healthChecks = dns.provider === "rfc2136" && (dns.healthChecks ?? true);
    const general = { DOMAIN: hostname, DNS_PROVIDER: dns.provider, DNS_TTL: dns.ttl };
    if (dns.provider === "manual") {
      this.parameters = general;
      this.secrets = {};
    } else {
      this.parameters = {
        ...general,
        DNS_SERVER: dns.server,
        DNS_PORT: dns.port,
        DNS_ZONE: dns.zone,
        TSIG_NAME: dns.tsig.name,
        TSIG_ALGORITHM: dns.tsig.algorithm,
      };
      this.secrets = { tsig: dns.tsig.secret };
    }
    this.registerOutputs();
  }
}
