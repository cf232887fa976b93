import * as pulumi from "@pulumi/pulumi";
import { DOCKER_DIR, caPath } from "../host/docker-client";
import { Departure } from "./departure";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";

export interface DockerClientArgs {
  /** The Docker host; docker has to be installed on it and to run. */
  readonly client: NodeArgs;
  readonly ssh: SshArgs;
  /**
   * The registry as docker names it: a port only where it is not the protocol's own.
   * @example "hub.example.com:8070"
   */
  readonly registry: string;
  readonly protocol: "http" | "https";
  /** PEM of the CA that docker has to trust. @default the host trusts the registry's CA anyway */
  readonly ca?: pulumi.Input<string>;
}

/** Where a client remembers what of its set-up is ours. */
const STATE_DIR = "/var/lib/harbor-ha/client";

/**
 * A Docker host that may push to the registry and pull from it: by an entry in its daemon.json
 * without TLS, by a CA in certs.d with it. Containers on it go on running. Deleting it takes back what
 * was added and leaves what somebody else added; a host that is gone for good is let go.
 */
export class DockerClient extends pulumi.ComponentResource {
  constructor(args: DockerClientArgs, options: pulumi.ComponentResourceOptions) {
    const { client, ssh, registry, protocol, ca } = args;
    super("harbor-ha:index:DockerClient", client.name, {}, options);
    const departure = new Departure({ host: client, ssh }, { parent: this });
    hostStep(
      {
        node: client,
        ssh,
        step: "client",
        undo: "unclient",
        parameters: { REGISTRY: registry, PROTOCOL: protocol, DOCKER_DIR, STATE_DIR },
        files:
          protocol === "https" && ca !== undefined
            ? pulumi
                .output(ca)
                .apply((content) => [{ path: caPath(registry), mode: 0o644, content }])
            : [],
        departure,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
