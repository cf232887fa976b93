import { withClient } from "../../../host/ssh/dial";
import { run } from "../../../host/ssh/run";
import { checkConnection, connectionOf, withConnectionDefaults } from "./connection";
import { commandType, type Execute, lineLogs, previousOutput, text } from "./lifecycle";

const execute: Execute = async (command, inputs, previous, log) => {
  const [refused] = Object.keys((inputs["environment"] as object | undefined) ?? {});
  if (refused !== undefined) {
    log.error(
      `Unable to set '${refused}'. This only works if your SSH server is configured to accept ` +
        "these variables via AcceptEnv.",
    );
    throw new Error(`could not set environment variable "${refused}": ssh: setenv failed`);
  }
  const status = (line: string) => log.status(line);
  return withClient(connectionOf(inputs), status, (client) =>
    run(client, {
      command,
      stdin: text(inputs["stdin"]),
      environment: previousOutput(inputs, previous),
      ...lineLogs(inputs, log),
    }),
  );
};

/** `command:remote:Command`: a command for each step of a resource's life, run over SSH. */
export const remoteCommand = commandType(execute, {
  // Not stdout and stderr: the official plugin leaves those to `additionalSecretOutputs`, even where
  // stdin is a secret. A program that forgets it must be found out here too.
  secretOutputs: ["connection"],
  defaults: withConnectionDefaults,
  check: checkConnection,
});
