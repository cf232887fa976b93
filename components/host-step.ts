import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type HostFile, type Parameters, commandText, standardInput } from "../host/command";
import type { Step } from "../host/script";
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
  const { node, ssh, step, undo, parameters, secrets = {}, files = [], shown } = args;
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
    { deleteBeforeReplace: undo !== undefined, ...options },
  );
}
