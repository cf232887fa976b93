import * as pulumi from "@pulumi/pulumi";
import { type HostFile, parameterIn } from "../host/command";
import { LOG_DIR } from "./cluster-release";
import { type DeployedRelease, INSTALL_DIR, PROJECT, harborProgram } from "./deployed-release";
import type { Departure } from "./departure";
import type { DnsRoundRobin } from "./dns-round-robin";
import type { HealthTimer } from "./health-timer";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";
import type { RegistryAddress } from "./registry-address";

export interface HarborNodeArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  /** The other nodes, whose tokens must be accepted here, and this node's there. */
  readonly peers: readonly NodeArgs[];
  readonly release: DeployedRelease;
  readonly cluster: string;
  /** Where clients find the registry. */
  readonly address: RegistryAddress;
  readonly mountPoint: string;
  readonly dns: DnsRoundRobin;
  /** The token keypair's fingerprint. */
  readonly keypair: pulumi.Input<string>;
  /** By which the gate knows the proxy's certificate, for HTTPS. */
  readonly certificatePin?: pulumi.Input<string>;
  /** Docker's proxy settings: a node whose docker runs with others is started anew. */
  readonly dockerProxy?: pulumi.Input<HostFile>;
  /**
   * What the node's stage step printed. The engine keeps the earlier inputs of a start that failed, so
   * that going back to them would not run it; a stage that ran again does.
   */
  readonly stamp: pulumi.Input<string>;
  /** By which the node looks after its record between two runs. */
  readonly healthTimer: HealthTimer;
  /** Seconds that clients get to finish what they have begun before the node's proxy stops. */
  readonly drainTimeout: number;
  /** Seconds that the health gate waits for the node. */
  readonly healthTimeout: number;
  /** Values that log lines in an error must not show, by name. */
  readonly redacted: Readonly<Record<string, pulumi.Input<string>>>;
  /** What takes the node back as a whole. @default each of its steps takes itself back */
  readonly departure?: Departure;
}

/**
 * Harbor on one node: the staged release made the running one, started, let through the health gate,
 * and its record published; a systemd unit brings it up after mount and docker at a reboot. Deleting
 * it withdraws the record first, lets clients finish, and takes the containers away, never data.
 */
export class HarborNode extends pulumi.ComponentResource {
  /**
   * The release that the node was started with, known once it has passed its gate: an earlier one
   * where a run with --target leaves the node as it is.
   */
  readonly release: pulumi.Output<string>;

  constructor(args: HarborNodeArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, peers, release, cluster, address, mountPoint, dns, dockerProxy } = args;
    const { healthTimer, departure } = args;
    super("harbor-ha:index:HarborNode", node.name, {}, options);
    const step = hostStep(
      {
        node,
        ssh,
        step: "start",
        undo: "stop",
        parameters: {
          ADDRESS: node.address,
          CLUSTER: cluster,
          PEERS: peers.map((peer) => `${peer.name}=${peer.address}`).join(" "),
          PORT: address.port,
          PROTOCOL: address.protocol,
          PROJECT,
          INSTALL_DIR,
          LOG_DIR,
          MOUNT_POINT: mountPoint,
          RELEASE_VERSION: release.version,
          SERVICES: release.layout.services.join(" "),
          DRAIN_TIMEOUT: args.drainTimeout,
          HEALTH_TIMEOUT: args.healthTimeout,
          ...dns.parameters,
          ...healthTimer.parameters,
        },
        secrets: {
          ...args.redacted,
          ...dns.secrets,
          ...healthTimer.secrets,
          release_digest: release.digest,
          keypair: args.keypair,
          stamp: args.stamp,
          ...(args.certificatePin !== undefined && { certificate_pin: args.certificatePin }),
          ...(dockerProxy !== undefined && {
            docker_proxy: pulumi.output(dockerProxy).apply(({ content }) => content),
          }),
        },
        files: [harborProgram()],
        ...(departure && { departure }),
      },
      { parent: this },
    );
    // Nothing in a command's text is secret; its standard input, which is, may have made it one.
    this.release = pulumi
      .unsecret(step.create)
      .apply((text) => parameterIn(text ?? "", "RELEASE_VERSION") ?? release.version);
    this.registerOutputs();
  }
}
