import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { schemaVersion } from "../harbor/versions";
import { clientFiles, fstabLine } from "../host/cephfs";
import type { HostFile } from "../host/command";
import type { CephfsArgs } from "./cephfs-mount";
import { LOG_DIR } from "./cluster-release";
import { type DeployedRelease, INSTALL_DIR, PROJECT, harborProgram } from "./deployed-release";
import type { DnsRoundRobin } from "./dns-round-robin";
import type { DatabaseArgs } from "./external-database";
import { type NodeArgs, type Reach, type SshArgs, needsSudo, reachOf } from "./node-connection";
import type { RegistryAddress } from "./registry-address";
import type { RedisArgs } from "./session-store";

export interface DeclaredNode {
  readonly name: string;
  /** The IPv4 address that is its A record. */
  readonly address: string;
  /** Whether the login user has to become root by sudo. */
  readonly sudo: boolean;
  /** Whoever uses it adds the key from the stack's settings. */
  readonly connection: Reach;
}

/** A file that each node has. */
export interface DeclaredFile {
  /** Absolute, in the folder that `current` points to for a release's. */
  readonly path: string;
  readonly mode: number;
  /** SHA-256 of the content in hexadecimal; without it the content is the node's own matter. */
  readonly sha256?: string;
}

/**
 * What was declared, as far as a look at the nodes can tell whether it is so. Nothing in it opens
 * anything; as it has sums over secrets, it is a secret itself. Plain JSON, the same for the same settings.
 */
export interface Verification {
  readonly nodes: readonly DeclaredNode[];
  readonly cluster: string;
  readonly address: RegistryAddress;
  readonly release: {
    readonly version: string;
    /** The folder that `current` points to. */
    readonly folder: string;
    readonly services: readonly string[];
    readonly images: readonly string[];
    /** The image whose client works on the database. */
    readonly schemaImage: string;
  };
  readonly files: readonly DeclaredFile[];
  readonly folders: {
    readonly install: string;
    readonly logs: string;
    readonly mountPoint: string;
    /** Harbor's data, relative to the mount point. */
    readonly data: string;
  };
  /** Name of the compose project. */
  readonly project: string;
  readonly fstabLine: string;
  /** SHA-256 of the secret key in hexadecimal. */
  readonly secretkey: string;
  /** Fingerprint of the token keypair. */
  readonly keypair: string;
  /** The proxies' certificate, for HTTPS. */
  readonly certificate?: {
    /** `sha256//` and base64. */
    readonly pin: string;
    /** ISO 8601. */
    readonly expiry: string;
  };
  readonly dns: {
    readonly provider: "manual" | "rfc2136";
    /** Where the records are kept; undefined for the manual provider. */
    readonly server?: string;
    readonly port?: number;
  };
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
    /** What its alembic_version says. */
    readonly schema: string;
  };
  readonly redis: { readonly host: string; readonly port: number };
  /** The units that run on each node. */
  readonly units: readonly string[];
}

/** What the records of a cluster are kept by, as far as nodes can be asked for them. */
function dnsOf({ parameters }: DnsRoundRobin): Verification["dns"] {
  const { DNS_PROVIDER, DNS_SERVER, DNS_PORT } = parameters;
  if (DNS_PROVIDER !== "rfc2136") return { provider: "manual" };
  return { provider: "rfc2136", server: String(DNS_SERVER), port: Number(DNS_PORT) };
}

export interface VerificationArgs {
  readonly nodes: readonly NodeArgs[];
  readonly ssh: SshArgs;
  readonly cluster: string;
  readonly address: RegistryAddress;
  readonly release: DeployedRelease;
  readonly cephfs: CephfsArgs;
  readonly database: DatabaseArgs;
  readonly redis: RedisArgs;
  readonly dns: DnsRoundRobin;
  /** Whether the nodes look after the records by themselves. */
  readonly healthChecks: boolean;
  readonly secretkey: pulumi.Input<string>;
  /** Fingerprint of the token keypair. */
  readonly keypair: pulumi.Input<string>;
  readonly certificate?: {
    readonly pin: pulumi.Input<string>;
    readonly expiry: pulumi.Input<string>;
  };
  /** Docker's proxy settings, where it has any. */
  readonly dockerProxy?: pulumi.Input<HostFile>;
}

/** What the health timer is and reads on a node, by health-timer.sh. */
const HEALTH = { unit: "harbor-ha-health.timer", secrets: "/etc/harbor-ha/health" } as const;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function declared({ path, mode, content }: HostFile): DeclaredFile {
  return { path, mode, sha256: sha256(content) };
}

/** What was declared, for the stack's output `verification`; secret. */
export function verificationOf(args: VerificationArgs): pulumi.Output<Verification> {
  const { nodes, ssh, release, cephfs, database, redis, dns, healthChecks, certificate } = args;
  const inRelease = ({ path, ...file }: HostFile) =>
    declared({ path: `${INSTALL_DIR}/current/${path}`, ...file });
  const files = pulumi
    .all([release.files, cephfs.key, args.dockerProxy])
    .apply(([rendered, key, dockerProxy]) => [
      ...rendered.map(inRelease),
      ...clientFiles(cephfs, key).map(declared),
      declared(harborProgram()),
      ...(dockerProxy ? [declared(dockerProxy)] : []),
      ...(healthChecks ? [{ path: HEALTH.secrets, mode: 0o600 }] : []),
    ]);
  return pulumi.secret(
    pulumi.output({
      nodes: nodes.map((node) => ({
        name: node.name,
        address: node.address,
        sudo: needsSudo(node, ssh),
        connection: reachOf(node, ssh),
      })),
      cluster: args.cluster,
      address: args.address,
      release: {
        version: release.version,
        folder: release.digest.apply(
          (digest) => `${INSTALL_DIR}/releases/${release.version}-${digest}`,
        ),
        services: release.layout.services,
        images: release.layout.images,
        schemaImage: release.layout.schemaImage,
      },
      files,
      folders: {
        install: INSTALL_DIR,
        logs: LOG_DIR,
        mountPoint: cephfs.mountPoint,
        data: cephfs.dataDirectory,
      },
      project: PROJECT,
      fstabLine: fstabLine(cephfs),
      secretkey: pulumi.output(args.secretkey).apply(sha256),
      keypair: args.keypair,
      ...(certificate && {
        certificate: { pin: certificate.pin, expiry: certificate.expiry },
      }),
      dns: dnsOf(dns),
      database: {
        host: database.host,
        port: database.port,
        name: database.name,
        user: database.user,
        schema: schemaVersion(release.version),
      },
      redis: { host: redis.host, port: redis.port },
      units: ["harbor.service", "docker.service", ...(healthChecks ? [HEALTH.unit] : [])],
    }),
  );
}
