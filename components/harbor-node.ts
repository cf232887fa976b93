import * as pulumi from "@pulumi/pulumi";
import { shellFile } from "../host/script";
import { type DeployedRelease, INSTALL_DIR, LOG_DIR, PROJECT } from "./deployed-release";
import type { DnsRoundRobin } from "./dns-round-robin";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";

export interface HarborNodeArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  /** The other nodes, whose tokens must be accepted here, and this node's there. */
  readonly peers: readonly NodeArgs[];
  readonly release: DeployedRelease;
  readonly cluster: string;
  /** The port that clients use. */
  readonly port: number;
  readonly mountPoint: string;
  readonly dns: DnsRoundRobin;
  /** The token keypair's fingerprint. */
  readonly keypair: pulumi.Input<string>;
  /** Seconds that the health gate waits for the node. */
  readonly healthTimeout: number;
  /** Values that log lines in an error must not show, by name. */
  readonly redacted: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Harbor on one node: the staged release made the running one, started, let through the health gate,
 * and its record published; a systemd unit brings it up after mount and docker at a reboot. Deleting
 * it withdraws the record first and takes the containers away, never data.
 */
export class HarborNode extends pulumi.ComponentResource {
  constructor(args: HarborNodeArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, peers, release, cluster, port, mountPoint, dns } = args;
    super("harbor-ha:index:HarborNode", node.name, {}, options);
    hostStep(
      {
        node,
        ssh,
        step: "start",
        undo: "stop",
        parameters: {
          ADDRESS: node.address,
          CLUSTER: cluster,
          PEERS: peers.map((peer) => `${peer.name}=${peer.address}`).join(" "),
          PORT: port,
          PROJECT,
          INSTALL_DIR,
          LOG_DIR,
          MOUNT_POINT: mountPoint,
          RELEASE_VERSION: release.version,
          SERVICES: release.layout.services.join(" "),
          HEALTH_TIMEOUT: args.healthTimeout,
          ...dns.parameters,
        },
        secrets: {
          ...args.redacted,
          ...dns.secrets,
          release_digest: release.digest,
          keypair: args.keypair,
        },
        files: [
          { path: `${INSTALL_DIR}/bin/harbor.sh`, mode: 0o755, content: shellFile("harbor") },
        ],
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
