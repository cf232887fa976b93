import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { Capture } from "../../../host/ssh/capture";
import { commandError } from "../../../host/ssh/command-error";
import type { Properties } from "../protocol/values";
import { commandType, type Execute, lineLogs, previousOutput, text } from "./lifecycle";

const INTERPRETER = ["/bin/sh", "-c"];

/** Inputs that collect files after the command; nothing here uses them. */
const UNSUPPORTED = ["assetPaths", "archivePaths"];

/** A signal as Go names it in an error. */
const SIGNALS: Readonly<Record<string, string>> = {
  ...{ SIGHUP: "hangup", SIGINT: "interrupt", SIGQUIT: "quit", SIGABRT: "aborted" },
  ...{ SIGKILL: "killed", SIGSEGV: "segmentation fault", SIGTERM: "terminated" },
};

function interpreterOf(inputs: Properties): string[] {
  const given = inputs["interpreter"] as string[] | null | undefined;
  return given && given.length > 0 ? given : INTERPRETER;
}

function failure(code: number | null, signal: string | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `signal: ${SIGNALS[signal!] ?? signal}` : `exit status ${code}`;
}

const execute: Execute = (command, inputs, previous, log) => {
  const [program, ...args] = interpreterOf(inputs);
  const stdin = text(inputs["stdin"]) ?? "";
  const dir = text(inputs["dir"]);
  const { onStdoutLine, onStderrLine } = lineLogs(inputs, log);
  const both: string[] = [];
  const stdout = new Capture(both, onStdoutLine);
  const stderr = new Capture(both, onStderrLine);
  return new Promise((resolve, reject) => {
    // A missing folder would be told as a missing program.
    if (dir !== undefined && !statSync(dir, { throwIfNoEntry: false })) {
      return reject(commandError(`chdir ${dir}: no such file or directory`, command, both));
    }
    const child = spawn(program!, [...args, command], {
      cwd: dir,
      env: {
        ...process.env,
        ...(inputs["environment"] as Record<string, string> | undefined),
        ...previousOutput(inputs, previous),
      },
      stdio: [stdin === "" ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdout!.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr!.on("data", (chunk: Buffer) => stderr.add(chunk));
    child.on("error", (error) => reject(commandError(error.message, command, both)));
    child.on("close", (code, signal) => {
      stdout.end();
      stderr.end();
      const reason = failure(code, signal);
      if (reason === undefined) resolve({ stdout: stdout.text, stderr: stderr.text });
      else reject(commandError(reason, command, both));
    });
    // A command which ends without reading its input is not an error of its own.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
  });
};

/** `command:local:Command`: a command for each step of a resource's life, run on this machine. */
export const localCommand = commandType(execute, {
  // As with commands over SSH, outputs are left to `additionalSecretOutputs`.
  secretOutputs: [],
  check: (inputs) =>
    UNSUPPORTED.filter((property) => inputs[property] !== undefined).map((property) => ({
      property,
      reason: "is not supported by the lab's command plugin",
    })),
});
