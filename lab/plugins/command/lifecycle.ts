import { randomBytes } from "node:crypto";
import type { ResourceLog, ResourceType } from "../protocol/provider";
import { UNKNOWN, type Properties, type Value } from "../protocol/values";

const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

/** Runs a command with a resource's inputs. `previous` holds the outputs of its last run. */
export type Execute = (
  command: string,
  inputs: Properties,
  previous: Properties,
  log: ResourceLog,
) => Promise<{ stdout: string; stderr: string }>;

export const text = (value: Value | undefined) => (typeof value === "string" ? value : undefined);

/** The variables by which a command learns what its last run wrote. */
export function previousOutput(inputs: Properties, previous: Properties): Record<string, string> {
  if (inputs["addPreviousOutputInEnv"] === false) return {};
  const [stdout, stderr] = [text(previous["stdout"]), text(previous["stderr"])];
  return {
    ...(stdout ? { PULUMI_COMMAND_STDOUT: stdout } : {}),
    ...(stderr ? { PULUMI_COMMAND_STDERR: stderr } : {}),
  };
}

/** Where the lines of a command's two streams go, as the input `logging` says. */
export function lineLogs(inputs: Properties, log: ResourceLog) {
  const logging = text(inputs["logging"]) ?? "stdoutAndStderr";
  const status = (line: string) => log.status(line);
  return {
    onStdoutLine: logging.startsWith("stdout") ? status : undefined,
    onStderrLine: /stderr$/i.test(logging) ? status : undefined,
  };
}

type Own = Pick<ResourceType, "defaults" | "secretOutputs"> & {
  check: NonNullable<ResourceType["check"]>;
};

/** A resource type with a command for each step of its life, run by `execute`. */
export function commandType(execute: Execute, own: Own): ResourceType {
  return {
    replaceOn: new Set(["triggers"]),
    computed: ["stdout", "stderr"],
    ...own,
    check(inputs) {
      const logging = text(inputs["logging"]);
      const allowed = logging === undefined || LOGGING.includes(logging) || logging === UNKNOWN;
      const reason = `must be one of ${LOGGING.join(", ")}`;
      return [...own.check(inputs), ...(allowed ? [] : [{ property: "logging", reason }])];
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
}
