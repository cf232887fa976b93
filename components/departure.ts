import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { StepRequest } from "../host/ssh/step";
import { INSTALL_DIR } from "./deployed-release";
import type { DnsRoundRobin } from "./dns-round-robin";
import { stepCommand, stepInput } from "./host-step";
import { localProgram } from "./local-program";
import type { NodeArgs, SshArgs } from "./node-connection";

/** What a node shares with the others, which they take away when it can't do so itself. */
export interface MembershipArgs {
  /** Names the cluster. */
  readonly cluster: string;
  /** The other nodes; the first one that answers does it. */
  readonly others: readonly NodeArgs[];
  readonly dns: DnsRoundRobin;
  readonly mountPoint: string;
}

export interface DepartureArgs {
  /** The host that may leave: a node, or a client. */
  readonly host: NodeArgs;
  readonly ssh: SshArgs;
  /** @default the others need not know */
  readonly membership?: MembershipArgs;
}

/** Seconds after which a host that does not answer at all counts as gone for good. */
const PATIENCE = 30;

/**
 * What happens when a host leaves: all its steps are taken back, in the order opposite to that in which
 * they were declared, and the engine passes over what each step would do itself.
 *
 * The engine can't delete a resource on a host that is gone for good, so the steps are deleted with this
 * resource, whose deletion is a program that bears that: the other nodes withdraw the host's record then.
 * Creating and updating it does nothing.
 */
export class Departure extends pulumi.ComponentResource {
  /** The resource that a step on the host is deleted with. */
  readonly command: pulumi.CustomResource;
  private readonly undone: pulumi.Output<StepRequest>[] = [];
  private complete = false;

  constructor(args: DepartureArgs, options: pulumi.ComponentResourceOptions) {
    const { host, membership } = args;
    super("harbor-ha:index:Departure", host.name, {}, options);
    // The steps name this resource, so they are declared after it, all before the program yields.
    const undo = Promise.resolve().then(() => {
      this.complete = true;
      return [...this.undone].reverse();
    });
    // A host/depart DepartureRequest.
    const request = {
      node: host.name,
      undo,
      expulsion: membership && expulsion(args, membership),
      comeback: membership
        ? "Should it come back, it runs Harbor without a record: put it into nodes again, and take it out " +
          "while it answers."
        : "Should it come back, it has its settings: put it into clients again, and take it out while it answers.",
      patience: PATIENCE,
    };
    this.command = new command.local.Command(
      `${host.name}-departure`,
      {
        create: `# harbor-ha: nothing, until ${host.name} leaves\n`,
        delete: localProgram(`${host.name} leaves`, "host/depart/main.ts"),
        stdin: pulumi.secret(pulumi.jsonStringify(request)),
        addPreviousOutputInEnv: false,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs();
  }

  /**
   * Adds what takes one of the host's steps back.
   * @throws Error when it comes too late to be part of this resource
   */
  takeBack(undo: pulumi.Output<StepRequest>): void {
    if (this.complete)
      throw new Error("a step was declared after its host's departure was registered");
    this.undone.push(undo);
  }
}

/** A host/depart Expulsion. */
function expulsion(
  { host, ssh }: DepartureArgs,
  { cluster, others, dns, mountPoint }: MembershipArgs,
) {
  const parameters = {
    CLUSTER: cluster,
    LEAVING: host.name,
    ADDRESS: host.address,
    INSTALL_DIR,
    MOUNT_POINT: mountPoint,
    ...dns.parameters,
  };
  return {
    others: others.map((node) => stepCommand({ node, ssh, step: "expel", parameters })),
    stdin: stepInput("expel", dns.secrets),
    byHand: `Take the record ${dns.parameters["DOMAIN"]} A ${host.address} away by hand.`,
  };
}
