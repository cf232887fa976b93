import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Parameters } from "../host/command";
import type { DnsRoundRobin } from "./dns-round-robin";
import type { RedisArgs } from "./session-store";

export interface HealthTimerArgs {
  readonly dns: DnsRoundRobin;
  /** The text that tells the cluster from every other, as its marks on the mount have it. */
  readonly cluster: string;
  /** Where the nodes keep their leases. */
  readonly redis: RedisArgs;
}

/** What a node's start step needs, beside what it has anyway, to install the health timer or to remove it. */
export interface HealthTimer {
  readonly parameters: Parameters;
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The same for all nodes of a cluster. Without health checks a node learns nothing of Redis here. */
export function healthTimer({ dns, cluster, redis }: HealthTimerArgs): HealthTimer {
  if (!dns.healthChecks) return { parameters: { HEALTH_CHECKS: false }, secrets: {} };
  const id = createHash("sha256").update(cluster).digest("hex").slice(0, 12);
  return {
    parameters: {
      HEALTH_CHECKS: true,
      // Several clusters may share one Redis.
      LEASES: `harbor-ha:${id}`,
      REDIS_HOST: redis.host,
      REDIS_PORT: redis.port,
      REDIS_DATABASE: redis.database,
    },
    secrets: { redis_password: redis.password },
  };
}
