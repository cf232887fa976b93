import * as pulumi from "@pulumi/pulumi";
import type { HostFile } from "../host/command";
import { dockerProxyFile } from "../host/docker-proxy";
import { internalNames, noProxy } from "../release/no-proxy";
import type { HarborClusterArgs } from "./harbor-cluster";

/** Through which the nodes reach what is outside; at least one of the two. */
export interface ForwardProxyArgs {
  /** URL of the proxy for http; may hold a password. @default none */
  readonly http?: string;
  /** URL of the proxy for https; may hold a password. @default none */
  readonly https?: string;
  /** Hosts that are reached without it, besides the cluster's own. @default none */
  readonly noProxy?: readonly string[];
}

/** What is reached without the proxy: everything that the cluster needs, and the given hosts. */
export function directHosts(args: HarborClusterArgs): string {
  const { hostname, database, redis, cephfs, installer, proxy } = args;
  return noProxy({
    services: internalNames(installer.files.get("docker-compose.yml")!),
    hostname,
    databaseHost: database.host,
    redisHost: redis.host,
    monitors: cephfs.monitors,
    extra: proxy?.noProxy ?? [],
  });
}

/** The file by which docker on the nodes is told of the proxy, undefined where there is none; secret. */
export function dockerProxy(args: HarborClusterArgs): pulumi.Output<HostFile> | undefined {
  const { proxy } = args;
  if (proxy === undefined) return undefined;
  return pulumi.secret(dockerProxyFile({ ...proxy, noProxy: directHosts(args) }));
}
