import * as pulumi from "@pulumi/pulumi";
import { compareVersions } from "../harbor/versions";
import { clientInstructions } from "../host/docker-client";
import type { Installer } from "../release/installer";
import type { ImageSource } from "../release/sources";
import { type CephfsArgs, CephfsMount } from "./cephfs-mount";
import { hiddenKeys, hiddenNames, releaseSettings } from "./cluster-release";
import { Departure } from "./departure";
import { deployedRelease, shownRelease } from "./deployed-release";
import { type DnsArgs, type DnsRecord, DnsRoundRobin } from "./dns-round-robin";
import { DockerClient } from "./docker-client";
import { type DatabaseArgs, ExternalDatabase } from "./external-database";
import { type ForwardProxyArgs, dockerProxy } from "./forward-proxy";
import { HarborNode } from "./harbor-node";
import { healthTimer } from "./health-timer";
import { imagePlan } from "./image-source";
import { InstallerArchive } from "./installer-archive";
import { KeypairSwitch } from "./keypair-switch";
import type { NodeArgs, SshArgs } from "./node-connection";
import { Preflight } from "./preflight";
import { ProxyCertificate, type TlsArgs, certificateNote } from "./proxy-certificate";
import { registryAddress } from "./registry-address";
import { type RedisArgs, SessionStore } from "./session-store";
import { SharedSecrets } from "./shared-secrets";
import { StagedRelease } from "./staged-release";
import { TokenKeypair, type TokenKeypairArgs } from "./token-keypair";
import { type Verification, verificationOf } from "./verification";

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
  /** Where the nodes' images come from. @default pulled, from where the release names them */
  readonly images?: ImageSource;
  /** How clients reach the proxies. @default plain HTTP */
  readonly tls?: TlsArgs;
  /** The file system that all nodes share. */
  readonly cephfs: CephfsArgs;
  /** The database in place of the bundled one. */
  readonly database: DatabaseArgs;
  /** The store through which nodes share web sessions. */
  readonly redis: RedisArgs;
  /** Who keeps the name's A records. @default the records wanted are only printed */
  readonly dns?: DnsArgs;
  /** How a change goes from node to node. */
  readonly rollout?: RolloutArgs;
  /** Jobs (replications and the like) that a node runs at a time. @default 10 */
  readonly maxJobWorkers?: number;
  /** Further keys of harbor.cfg, as the release names them. @default none */
  readonly harborConfig?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Harbor's secret key, exactly 16 characters, where its data is there already.
   * @default one is made
   */
  readonly secretkey?: pulumi.Input<string>;
  /** The token keypair, where Harbor's data is there already. @default one is made */
  readonly tokenKeypair?: TokenKeypairArgs;
  /** Through which docker on the nodes, and Harbor, reach what is outside. @default nothing */
  readonly proxy?: ForwardProxyArgs;
  /** Docker hosts that are set up as clients of the registry. @default none */
  readonly clients?: readonly NodeArgs[];
  /** Whether missing packages are installed from the distribution. @default true */
  readonly installPackages?: boolean;
  /**
   * The stack whose place this one takes, `stack` or `project/stack`: its nodes and its directory may be
   * this one's.
   * @default none
   */
  readonly predecessor?: string;
  /** Whether the engine refuses to delete or replace keypair and secrets. @default false */
  readonly protect?: boolean;
  /** Seconds that the health gate waits for a node. @default 300 */
  readonly healthTimeout?: number;
}

/** How hosts and the file system know a stack: with its project's name. */
function stackIdentity(name: string): string {
  return name.includes("/") ? name : `${pulumi.getProject()}/${name}`;
}

/** How a change goes from node to node. */
export interface RolloutArgs {
  /** Nodes that may be out of service at a time. @default 1 */
  readonly maxUnavailable?: number;
  /** Seconds that a node's proxy is given to finish what clients have begun. @default 30 */
  readonly drainTimeout?: number;
}

/** A node as the stack's outputs name it. */
export interface NodeOutput {
  readonly name: string;
  readonly address: string;
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
 *   installer: await readInstaller("harbor-online-installer-v1.1.2.tgz"),
 *   cephfs, database, redis,
 * });
 */
export class HarborCluster extends pulumi.ComponentResource {
  /** Where clients find the registry. */
  readonly url: pulumi.Output<string>;
  /** The Harbor release, known once every node runs it: the earliest, while they run several. */
  readonly release: pulumi.Output<string>;
  readonly nodes: pulumi.Output<NodeOutput[]>;
  /** The A records that the name has while every node is healthy. */
  readonly dnsRecords: pulumi.Output<readonly DnsRecord[]>;
  /** The administrator's first password; secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** SHA-256 of the token keypair's public key. */
  readonly keypairFingerprint: pulumi.Output<string>;
  /** When the proxies' certificate ends, as an ISO 8601 date; undefined over HTTP. */
  readonly certificateExpiry: pulumi.Output<string> | undefined;
  /** PEM of the CA that clients have to trust; undefined where there is none. */
  readonly caCertificate: pulumi.Output<string> | undefined;
  /** What to do on a Docker host that is to use the registry, in words. */
  readonly clientInstructions: pulumi.Output<string>;
  /** What was declared, for a look at the nodes; secret, as it has sums over secrets. */
  readonly verification: pulumi.Output<Verification>;

  /** @throws ReleaseError for settings that do not fit the release, before any resource is made. */
  constructor(name: string, args: HarborClusterArgs, options?: pulumi.ComponentResourceOptions) {
    const { hostname, nodes, ssh, installer, cephfs, database, redis } = args;
    const { port = 8070, dns: dnsArgs = { provider: "manual", ttl: 30 } as const } = args;
    const { tls = { source: "none" } as const, images = { source: "pull" } as const } = args;
    const { installPackages = true, protect = false, healthTimeout = 300, clients = [] } = args;
    const { maxUnavailable = 1, drainTimeout = 30 } = args.rollout ?? {};
    const address = registryAddress(tls.source === "none" ? "http" : "https", hostname, port);
    const settingsFor = releaseSettings(args, address);
    const further = hiddenKeys(args);
    const shown = shownRelease(installer, settingsFor, {
      names: hiddenNames(args, address),
      given: further,
      notes: {
        ...(tls.source === "provided" && { tlsCertificate: certificateNote(tls.certificate) }),
        ...(args.tokenKeypair?.certificate !== undefined && {
          tokenCertificate: certificateNote(args.tokenKeypair.certificate),
        }),
      },
    });
    const plan = imagePlan(images, shown.layout.images, cephfs.mountPoint);
    super("harbor-ha:index:HarborCluster", name, {}, options);
    const inside = { parent: this };
    const first = nodes[0]!;
    const { mountPoint, dataDirectory } = cephfs;
    const cluster = `${stackIdentity(pulumi.getStack())} ${hostname}`;
    const predecessor = args.predecessor && stackIdentity(args.predecessor);
    const peersOf = (node: NodeArgs) => nodes.filter((other) => other !== node);

    const keypair = new TokenKeypair(name, protect, args.tokenKeypair ?? {}, inside);
    const secrets = new SharedSecrets(name, protect, args.secretkey, inside);
    const certificate =
      tls.source === "none" ? undefined : new ProxyCertificate(hostname, tls, protect, inside);
    const sessions = new SessionStore(name, redis, inside);
    const dns = new DnsRoundRobin(hostname, nodes, dnsArgs, inside);
    // What log lines in an error might show; keys and certificates are never logged.
    const redacted = {
      databasePassword: database.password,
      redisPassword: sessions.password,
      adminPassword: secrets.adminPassword,
      uiSecret: secrets.uiSecret,
      jobserviceSecret: secrets.jobserviceSecret,
      reloadKey: secrets.reloadKey,
      ...(args.proxy?.http && { httpProxy: args.proxy.http }),
      ...(args.proxy?.https && { httpsProxy: args.proxy.https }),
      ...further,
    };
    const release = deployedRelease(shown, installer, settingsFor, {
      ...redacted,
      tokenKey: keypair.privateKey,
      tokenCertificate: keypair.certificate,
      ...(certificate && { tlsCertificate: certificate.certificate, tlsKey: certificate.key }),
    });

    const proxyFile = dockerProxy(args);

    const departures = new Map(
      nodes.map((node) => [
        node,
        new Departure(
          { host: node, ssh, membership: { cluster, others: peersOf(node), dns, mountPoint } },
          inside,
        ),
      ]),
    );
    const ready = nodes.map(
      (node) =>
        new Preflight(
          {
            node,
            ssh,
            cluster,
            predecessor,
            port,
            cephfs,
            database,
            redis,
            dns,
            installPackages,
            releaseVersion: release.version,
          },
          inside,
        ),
    );
    const mounts = nodes.map(
      (node) =>
        new CephfsMount(
          {
            node,
            ssh,
            cephfs,
            dns,
            cluster,
            predecessor,
            carrier: node === first,
            installPackages,
            dockerProxy: proxyFile,
            departure: departures.get(node),
          },
          { ...inside, dependsOn: ready },
        ),
    );
    const archives = plan.copied
      ? [
          new InstallerArchive(
            { node: first, ssh, mountPoint, archive: plan.copied },
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
            images: plan.onNodes,
            cluster,
            carrier: first.name,
            mountPoint,
            dataDirectory,
            secretkey,
            departure: departures.get(node),
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
        dataDirectory,
      },
      { ...inside, dependsOn: staged },
    );
    const keypairSwitch = new KeypairSwitch(
      name,
      {
        nodes,
        ssh,
        release,
        stamps: staged.map(({ stamp }) => stamp),
        cluster,
        address,
        mountPoint,
        fingerprint: keypair.fingerprint,
        certificatePin: certificate?.pin,
        healthTimeout,
        redacted,
      },
      { ...inside, dependsOn: [...staged, schema] },
    );
    const timer = healthTimer({ dns, cluster, redis: { ...redis, password: sessions.password } });
    const running = nodes.reduce<HarborNode[]>(
      (before, node, i) => [
        ...before,
        new HarborNode(
          {
            node,
            ssh,
            peers: peersOf(node),
            release,
            cluster,
            address,
            mountPoint,
            dns,
            keypair: keypair.fingerprint,
            certificatePin: certificate?.pin,
            dockerProxy: proxyFile,
            healthTimeout,
            drainTimeout,
            healthTimer: timer,
            stamp: staged[i]!.stamp,
            redacted,
            departure: departures.get(node),
          },
          {
            ...inside,
            // As many chains as nodes may be away at a time.
            dependsOn: before[i - maxUnavailable] ?? [...staged, schema, sessions, keypairSwitch],
          },
        ),
      ],
      [],
    );
    for (const client of clients) {
      new DockerClient(
        { client, ssh, ...address, ca: certificate?.ca },
        { ...inside, dependsOn: running },
      );
    }

    this.url = pulumi.output(address.url);
    this.release = pulumi
      .all(running.map((node) => node.release))
      .apply((releases) => releases.sort(compareVersions)[0]!);
    this.nodes = pulumi.output(nodes.map(({ name, address }) => ({ name, address })));
    this.dnsRecords = pulumi.output(dns.records);
    this.adminPassword = secrets.adminPassword;
    this.keypairFingerprint = keypair.fingerprint;
    this.certificateExpiry = certificate?.expiry;
    this.caCertificate = certificate?.ca;
    this.clientInstructions = pulumi.output(
      clientInstructions({ ...address, ca: certificate?.ca !== undefined }),
    );
    this.verification = verificationOf({
      nodes,
      ssh,
      cluster,
      address,
      release,
      cephfs,
      database,
      redis,
      dns,
      healthChecks: dns.healthChecks,
      secretkey,
      keypair: keypair.fingerprint,
      certificate,
      dockerProxy: proxyFile,
    });
    this.registerOutputs();
  }
}
