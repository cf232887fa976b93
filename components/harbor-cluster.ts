import * as pulumi from "@pulumi/pulumi";
import type { Installer } from "../release/installer";
import { type CephfsArgs, CephfsMount } from "./cephfs-mount";
import { clusterRelease } from "./cluster-release";
import { type DnsArgs, type DnsRecord, DnsRoundRobin } from "./dns-round-robin";
import { type DatabaseArgs, ExternalDatabase } from "./external-database";
import { HarborNode } from "./harbor-node";
import { InstallerArchive } from "./installer-archive";
import type { NodeArgs, SshArgs } from "./node-connection";
import { Preflight } from "./preflight";
import { type RedisArgs, SessionStore } from "./session-store";
import { SharedSecrets } from "./shared-secrets";
import { StagedRelease } from "./staged-release";
import { TokenKeypair } from "./token-keypair";

/** What a cluster is made of. */
export interface HarborClusterArgs {
  /**
   * The DNS name under which clients reach the registry.
   * @example "hub.example.com"
   */
  readonly hostname: string;
  /** The port that clients use, on every node. @default 8070 */
  readonly port?: number;
  /** The hosts that become nodes; the first one loads the schema. */
  readonly nodes: readonly NodeArgs[];
  /** How nodes are reached. */
  readonly ssh: SshArgs;
  /** What was read from the release's installer archive. */
  readonly installer: Installer;
  /** Where that archive is on the machine that runs the program. */
  readonly installerFile: string;
  /** The file system that all nodes share. */
  readonly cephfs: CephfsArgs;
  /** The database in place of the bundled one. */
  readonly database: DatabaseArgs;
  /** The store through which nodes share web sessions. */
  readonly redis: RedisArgs;
  /** Who keeps the name's A records. @default the records wanted are only printed */
  readonly dns?: DnsArgs;
  /** Jobs (replications and the like) that a node runs at a time. @default 10 */
  readonly maxJobWorkers?: number;
  /** Further keys of harbor.cfg, as the release names them. @default none */
  readonly harborConfig?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Harbor's secret key, exactly 16 characters, where its data is there already.
   * @default one is made
   */
  readonly secretkey?: pulumi.Input<string>;
  /** Whether missing packages are installed from the distribution. @default true */
  readonly installPackages?: boolean;
  /** Whether the engine refuses to delete or replace keypair and secrets. @default false */
  readonly protect?: boolean;
  /** Seconds that the health gate waits for a node. @default 300 */
  readonly healthTimeout?: number;
}

/** A node as the stack's outputs name it. */
export interface NodeOutput {
  readonly name: string;
  readonly address: string;
  /** The Harbor release on it. */
  readonly version: string;
}

/**
 * One highly available Harbor registry on a few hosts.
 *
 * Every host passes its preflight before any is changed; all nodes are staged at the same time and
 * started one after another, each through its health gate.
 *
 * @example
 * new HarborCluster("harbor", {
 *   hostname: "hub.example.com",
 *   nodes: [{ name: "hub1", address: "10.0.0.11" }, { name: "hub2", address: "10.0.0.12" }],
 *   ssh: { user: "root", port: 22, privateKey, dialAttempts: 30 },
 *   installer: await readInstaller("harbor-offline-installer-v1.1.2.tgz"),
 *   installerFile: "harbor-offline-installer-v1.1.2.tgz",
 *   cephfs, database, redis,
 * });
 */
export class HarborCluster extends pulumi.ComponentResource {
  /** Where clients find the registry. */
  readonly url: pulumi.Output<string>;
  readonly nodes: pulumi.Output<NodeOutput[]>;
  /** The A records that the name has while every node is healthy. */
  readonly dnsRecords: pulumi.Output<readonly DnsRecord[]>;
  /** The administrator's first password; secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** SHA-256 of the token keypair's public key. */
  readonly keypairFingerprint: pulumi.Output<string>;

  constructor(name: string, args: HarborClusterArgs, options?: pulumi.ComponentResourceOptions) {
    super("harbor-ha:index:HarborCluster", name, {}, options);
    const { hostname, nodes, ssh, installer, cephfs, database, redis } = args;
    const { port = 8070, dns: dnsArgs = { provider: "manual", ttl: 30 } as const } = args;
    const { installPackages = true, protect = false, healthTimeout = 300 } = args;
    const inside = { parent: this };
    const first = nodes[0]!;
    const { mountPoint, dataDirectory } = cephfs;
    const cluster = `${pulumi.getProject()}/${pulumi.getStack()} ${hostname}`;
    const peersOf = (node: NodeArgs) => nodes.filter((other) => other !== node);

    const keypair = new TokenKeypair(name, protect, inside);
    const secrets = new SharedSecrets(name, protect, args.secretkey, inside);
    const sessions = new SessionStore(name, redis, inside);
    const dns = new DnsRoundRobin(hostname, nodes, dnsArgs, inside);
    const release = clusterRelease(args, port, keypair, secrets, sessions);

    const ready = nodes.map(
      (node) =>
        new Preflight({ node, ssh, port, cephfs, database, redis, dns, installPackages }, inside),
    );
    const mounts = nodes.map(
      (node) =>
        new CephfsMount(
          { node, ssh, cephfs, dns, cluster, carrier: node === first, installPackages },
          { ...inside, dependsOn: ready },
        ),
    );
    // An online installer has no images to bring: nodes pull them.
    const archives = release.archive
      ? [
          new InstallerArchive(
            { node: first, ssh, mountPoint, file: args.installerFile, sha256: installer.sha256 },
            { ...inside, dependsOn: mounts },
          ),
        ]
      : [];
    const { secretkey } = secrets;
    const staged = nodes.map(
      (node) =>
        new StagedRelease(
          {
            node,
            ssh,
            peers: peersOf(node),
            release,
            cluster,
            carrier: first.name,
            mountPoint,
            dataDirectory,
            secretkey,
          },
          { ...inside, dependsOn: [...mounts, ...archives] },
        ),
    );
    const schema = new ExternalDatabase(
      {
        node: first,
        ssh,
        database,
        releaseVersion: release.version,
        schemaImage: release.layout.schemaImage,
        mountPoint,
      },
      { ...inside, dependsOn: staged },
    );
    const redacted = {
      database_password: database.password,
      redis_password: redis.password,
      admin_password: secrets.adminPassword,
      ui_secret: secrets.uiSecret,
      jobservice_secret: secrets.jobserviceSecret,
    };
    nodes.reduce<pulumi.Resource[]>(
      (before, node) => [
        new HarborNode(
          {
            node,
            ssh,
            peers: peersOf(node),
            release,
            cluster,
            port,
            mountPoint,
            dns,
            keypair: keypair.fingerprint,
            healthTimeout,
            redacted,
          },
          { ...inside, dependsOn: before },
        ),
      ],
      [...staged, schema, sessions],
    );

    this.url = pulumi.output(`http://${hostname}${port === 80 ? "" : `:${port}`}`);
    this.nodes = pulumi.output(
      nodes.map((node) => ({ name: node.name, address: node.address, version: release.version })),
    );
    this.dnsRecords = pulumi.output(dns.records);
    this.adminPassword = secrets.adminPassword;
    this.keypairFingerprint = keypair.fingerprint;
    this.registerOutputs();
  }
}
