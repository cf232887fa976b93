import { randomBytes } from "node:crypto";
import type { ResourceLog, ResourceType } from "../protocol/provider";
import { UNKNOWN, type Properties } from "../protocol/values";
import { checkConnection, connectionOf, withConnectionDefaults } from "./connection";
import { withClient } from "./dial";
import { run } from "./run";

const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

async function execute(
  command: string,
  inputs: Properties,
  previous: Properties,
  log: ResourceLog,
): Promise<Properties> {
  const [refused] = Object.keys((inputs["environment"] as object | undefined) ?? {});
  if (refused !== undefined) {
    log.error(
      `Unable to set '${refused}'. This only works if your SSH server is configured to accept ` +
        "these variables via AcceptEnv.",
    );
    throw new Error(`could not set environment variable "${refused}": ssh: setenv failed`);
  }
  const environment: Record<string, string> = {};
  if (inputs["addPreviousOutputInEnv"] !== false) {
    const [stdout, stderr] = [text(previous["stdout"]), text(previous["stderr"])];
    if (stdout) environment["PULUMI_COMMAND_STDOUT"] = stdout;
    if (stderr) environment["PULUMI_COMMAND_STDERR"] = stderr;
  }
  const logging = text(inputs["logging"]) ?? "stdoutAndStderr";
  const status = (line: string) => log.status(line);
  const ran = await withClient(connectionOf(inputs), log, (client) =>
    run(client, {
      command,
      stdin: text(inputs["stdin"]),
      environment,
      onStdoutLine: logging.startsWith("stdout") ? status : undefined,
      onStderrLine: /stderr$/i.test(logging) ? status : undefined,
    }),
  );
  return { ...ran };
}

/** `command:remote:Command`: a command for each step of a resource's life, run over SSH. */
export const remoteCommand: ResourceType = {
  replaceOn: new Set(["triggers"]),
  computed: ["stdout", "stderr"],
  // Not stdout and stderr: the official plugin leaves those to `additionalSecretOutputs`, even where
  // stdin is a secret. A program that forgets it must be found out here too.
  secretOutputs: ["connection"],
  defaults: withConnectionDefaults,
  check(inputs) {
    const logging = text(inputs["logging"]);
    const allowed = logging === undefined || LOGGING.includes(logging) || logging === UNKNOWN;
    const reason = `must be one of ${LOGGING.join(", ")}`;
    return [...checkConnection(inputs), ...(allowed ? [] : [{ property: "logging", reason }])];
  },
  async create(inputs, log, name) {
    const id = name + randomBytes(4).toString("hex");
    const command = text(inputs["create"]);
    const ran = command === undefined ? {} : await execute(command, inputs, {}, log);
    return { id, outputs: { stdout: "", stderr: "", ...ran } };
  },
  async update(state, inputs, log) {
    const command = text(inputs["update"]) ?? text(inputs["create"]);
    return command === undefined ? {} : execute(command, inputs, state, log);
  },
  async delete(state, log) {
    const command = text(state["delete"]);
    if (command !== undefined) await execute(command, state, state, log);
  },
};
