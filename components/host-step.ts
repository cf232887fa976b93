import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostFile, type Parameters, commandText, standardInput } from "../host/command";
import { type Step, usedBy } from "../host/script";
import type { StepRequest } from "../host/ssh/step";
import type { Departure } from "./departure";
import { type NodeArgs, type SshArgs, needsSudo, nodeConnection } from "./node-connection";

/** One step of the deployment on one node. */
export interface HostStepArgs {
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  /** What runs when the step is created, and again whenever anything it is given changes. */
  readonly step: Step;
  /** What takes it back when it is deleted. @default nothing */
  readonly undo?: Step;
  readonly parameters: Parameters;
  /** Values that only standard input carries, by the names that the scripts know. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Files that the step writes; only standard input carries them. */
  readonly files?: pulumi.Input<readonly HostFile[]>;
  /** The same files as a preview may show them. */
  readonly shown?: readonly HostFile[];
  /**
   * What takes the step back when the host leaves, in place of the step's own deletion, which is left
   * for a replacement. @default the step's own deletion
   */
  readonly departure?: Departure;
}

/** A step that a program of this machine runs on a host, past the engine. */
export type StepRequestArgs = Pick<
  HostStepArgs,
  "node" | "ssh" | "step" | "parameters" | "secrets"
>;

/**
 * Where a step runs, and its command; what it reads comes on top. Holds secrets.
 * @param dialAttempts tries after the first one @default none, whoever runs it sees to that
 */
export function stepCommand(
  args: Omit<StepRequestArgs, "secrets">,
  dialAttempts = 0,
): pulumi.Output<Omit<StepRequest, "stdin">> {
  const { node, ssh, step, parameters } = args;
  return pulumi.output({
    node: node.name,
    connection: nodeConnection(node, { ...ssh, dialAttempts }),
    command: commandText({ step, node: node.name, sudo: needsSudo(node, ssh), parameters }),
  });
}

/** What a step reads when it has no files; secret. */
export function stepInput(
  step: Step,
  secrets: Readonly<Record<string, pulumi.Input<string>>>,
): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.all(secrets).apply((values) => standardInput({ steps: [step], secrets: values })),
  );
}

/** A step with all that it needs. Holds secrets. */
export function stepRequest(args: StepRequestArgs): pulumi.Output<StepRequest> {
  return pulumi
    .all([stepCommand(args), stepInput(args.step, args.secrets ?? {})])
    .apply(([command, stdin]) => ({ ...command, stdin }));
}

/**
 * A step on a node as one `remote.Command`, named `<node>-<step>`.
 *
 * The scripts can be run again at any time, so creating and updating are the same command. What a
 * preview may show stands in the command; the rest, the script included, goes over standard input.
 */
export function hostStep(
  args: HostStepArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const { node, ssh, step, undo, parameters, secrets = {}, files = [], shown, departure } = args;
  if (undo) {
    departure?.takeBack(
      stepRequest({
        node,
        ssh,
        step: undo,
        // Only what taking it back needs: the departure is to change as rarely as that does.
        parameters: usedBy(undo, parameters),
        secrets: usedBy(undo, secrets),
      }),
    );
  }
  const sudo = needsSudo(node, ssh);
  const text = (of: Step, files?: readonly HostFile[]) =>
    commandText({ step: of, node: node.name, sudo, parameters, shown: files });
  return new command.remote.Command(
    `${node.name}-${step}`,
    {
      connection: nodeConnection(node, ssh),
      create: text(step, shown),
      delete: undo && text(undo),
      stdin: pulumi.secret(
        pulumi.all([pulumi.all(secrets), pulumi.output(files)]).apply(([values, contents]) =>
          standardInput({
            steps: undo ? [step, undo] : [step],
            secrets: values,
            files: contents,
          }),
        ),
      ),
      // Output of an earlier run would travel through the environment, which sshd refuses.
      addPreviousOutputInEnv: false,
    },
    // A replacement is created before the old one is deleted, and that would undo it.
    {
      deleteBeforeReplace: undo !== undefined,
      // Replacing the departure takes everything back, which has to be done anew then.
      ...(departure && { deletedWith: departure.command, replaceWith: [departure.command] }),
      ...options,
    },
  );
}
