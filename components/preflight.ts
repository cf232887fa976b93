import * as pulumi from "@pulumi/pulumi";
import { schemaVersion } from "../harbor/versions";
import type { CephfsArgs } from "./cephfs-mount";
import { INSTALL_DIR, PROJECT } from "./deployed-release";
import type { DnsRoundRobin } from "./dns-round-robin";
import type { DatabaseArgs } from "./external-database";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";
import type { RedisArgs } from "./session-store";

export interface PreflightArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  /** Names the cluster, so that a host of another one is refused. */
  readonly cluster: string;
  /** `project/stack` of the one whose nodes may be this one's. @default none */
  readonly predecessor?: string;
  /** The port that Harbor will listen on. */
  readonly port: number;
  readonly cephfs: CephfsArgs;
  readonly database: DatabaseArgs;
  readonly redis: RedisArgs;
  readonly dns: DnsRoundRobin;
  /** The Harbor release that is to work on the database. */
  readonly releaseVersion: string;
  /** Whether missing packages may be installed later; otherwise they are an error here. */
  readonly installPackages: boolean;
}

/** Room for the images in docker's folder and for some releases: what a 1.x release takes, twice. */
const MINIMUM_FREE_MB = 2048;

/**
 * Looks whether a host can become a node, and changes nothing on it: platform, packages, disk, port,
 * clock, and whether monitors, database and Redis can be used with the credentials given.
 *
 * Everything that changes a host depends on the preflight of every host.
 */
export class Preflight extends pulumi.ComponentResource {
  constructor(args: PreflightArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, port, cephfs, database, redis, dns, installPackages, releaseVersion } = args;
    const { cluster, predecessor } = args;
    super("harbor-ha:index:Preflight", node.name, {}, options);
    hostStep(
      {
        node,
        ssh,
        step: "preflight",
        parameters: {
          ADDRESS: node.address,
          CLUSTER: cluster,
          PREDECESSOR: predecessor ?? "",
          PORT: port,
          PROJECT,
          INSTALL_DIR,
          DRIVER: cephfs.driver,
          MONITORS: cephfs.monitors.join(" "),
          DATABASE_HOST: database.host,
          DATABASE_PORT: database.port,
          DATABASE_NAME: database.name,
          DATABASE_USER: database.user,
          RELEASE_VERSION: releaseVersion,
          SCHEMA_VERSION: schemaVersion(releaseVersion),
          REDIS_HOST: redis.host,
          REDIS_PORT: redis.port,
          INSTALL_PACKAGES: installPackages,
          MINIMUM_FREE_MB,
          ...dns.parameters,
        },
        secrets: { database_password: database.password, redis_password: redis.password },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
