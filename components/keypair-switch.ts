import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { standardInput } from "../host/command";
import { LOG_DIR } from "./cluster-release";
import { type DeployedRelease, INSTALL_DIR, PROJECT, harborProgram } from "./deployed-release";
import { stepCommand } from "./host-step";
import { localProgram } from "./local-program";
import type { NodeArgs, SshArgs } from "./node-connection";
import type { RegistryAddress } from "./registry-address";

export interface KeypairSwitchArgs {
  readonly nodes: readonly NodeArgs[];
  readonly ssh: SshArgs;
  /** The release with the keypair, staged on all nodes. */
  readonly release: DeployedRelease;
  /** What each node's stage step printed. */
  readonly stamps: readonly pulumi.Input<string>[];
  readonly cluster: string;
  /** Where clients find the registry. */
  readonly address: RegistryAddress;
  readonly mountPoint: string;
  /** The token keypair's fingerprint. */
  readonly fingerprint: pulumi.Input<string>;
  /** By which a node knows its own proxy's certificate, for HTTPS. */
  readonly certificatePin?: pulumi.Input<string>;
  /** Seconds in which a node has to accept tokens again. */
  readonly healthTimeout: number;
  /** Values that log lines in an error must not show, by name. */
  readonly redacted: Readonly<Record<string, pulumi.Input<string>>>;
}

/** Seconds that requests under way get to finish; meanwhile no node takes new ones. */
const DRAIN_TIMEOUT = 5;
/** Seconds that a node is ready and waits for the others, whose lock may be held. */
const GO_TIMEOUT = 600;
/** Further tries to reach a node that was staged a moment ago. */
const DIAL_ATTEMPTS = 3;

/**
 * Gives the nodes that run with another token keypair this one, all at the same time: nodes with
 * different pairs refuse each other's tokens. One that can't be reached keeps all from it. Its place is
 * between the last stage and the first start.
 *
 * The nodes say whether there is something to switch, and not the engine, which knows of a switch that
 * failed half way only that it has not been: a run with the earlier settings would pass it over. So it
 * runs whenever something was staged, and costs a login a node.
 */
export class KeypairSwitch extends pulumi.ComponentResource {
  constructor(name: string, args: KeypairSwitchArgs, options: pulumi.ComponentResourceOptions) {
    const { nodes, ssh, release, address, certificatePin } = args;
    super("harbor-ha:index:KeypairSwitch", name, {}, options);
    const parameters = {
      CLUSTER: args.cluster,
      DOMAIN: address.hostname,
      PORT: address.port,
      PROTOCOL: address.protocol,
      PROJECT,
      INSTALL_DIR,
      LOG_DIR,
      MOUNT_POINT: args.mountPoint,
      RELEASE_VERSION: release.version,
      HEALTH_TIMEOUT: args.healthTimeout,
      DRAIN_TIMEOUT,
      GO_TIMEOUT,
    };
    const secrets = {
      ...args.redacted,
      release_digest: release.digest,
      keypair: args.fingerprint,
      ...(certificatePin !== undefined && { certificate_pin: certificatePin }),
    };
    // A host/switch SwitchRequest.
    const request = {
      nodes: nodes.map((node) =>
        stepCommand({ node, ssh, step: "switch", parameters }, DIAL_ATTEMPTS),
      ),
      stdin: pulumi.output(secrets).apply((values) =>
        standardInput({
          steps: ["switch"],
          secrets: values,
          files: [harborProgram()],
          goesOn: true,
        }),
      ),
      stamps: args.stamps,
    };
    new command.local.Command(
      "keypair-switch",
      {
        create: pulumi
          .output(args.fingerprint)
          .apply((fingerprint) =>
            localProgram(`all nodes to the keypair ${fingerprint} together`, "host/switch/main.ts"),
          ),
        stdin: pulumi.secret(pulumi.jsonStringify(request)),
        // What the last switch said is nothing to the next one.
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
