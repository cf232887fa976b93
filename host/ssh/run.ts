import type { Readable, Writable } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import { Capture } from "./capture";
import { commandError } from "./command-error";

export interface Ran {
  stdout: string;
  stderr: string;
}

export interface Execution {
  command: string;
  /** A text, or whatever bytes a stream gives. @default none */
  stdin?: string | Readable | undefined;
  /** Takes the bytes of standard output, which are not kept then. @default they are kept as text */
  stdout?: Writable | undefined;
  /** Variables the server is asked to set; one that does not accept them ignores them. */
  environment?: Record<string, string>;
  onStdoutLine?: ((line: string) => void) | undefined;
  onStderrLine?: ((line: string) => void) | undefined;
}

const SIGNALS: Record<string, number> = {
  ...{ HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, FPE: 8, KILL: 9, SEGV: 11, PIPE: 13 },
  ...{ ALRM: 14, TERM: 15 },
};

function failure(code: number | null | undefined, signal: string | undefined): string | undefined {
  if (code === 0) return undefined;
  if (typeof code === "number") return `Process exited with status ${code}`;
  if (!signal) return "wait: remote command exited without exit status or exit signal";
  return `Process exited with status ${128 + (SIGNALS[signal] ?? 0)} from signal ${signal}`;
}

/** Pipes a command's output; where nobody takes it any more, the command would wait for ever. */
function pipeOut(channel: ClientChannel, to: Writable, givenUp: (error: Error) => void): void {
  const gone = () => {
    if (channel.readableEnded) return;
    channel.close();
    givenUp(new Error("the command's output is not taken any more"));
  };
  to.on("error", () => undefined);
  if (to.destroyed) return gone();
  to.once("close", gone);
  channel.pipe(to);
}

/**
 * Runs a command on the host and waits for its end.
 * @throws For an end other than success, with the command and all it wrote, and where `stdout` is closed
 *   before the command's output ends: it is not waited for then.
 */
export function run(client: Client, execution: Execution): Promise<Ran> {
  const { command, stdin = "", environment = {} } = execution;
  return new Promise((resolve, reject) => {
    const both: string[] = [];
    const stdout = new Capture(both, execution.onStdoutLine);
    const stderr = new Capture(both, execution.onStderrLine);
    let exit: { code?: number | null; signal?: string } = {};
    let done = false;
    const finish = () => {
      if (done) return;
      done = true;
      stdout.end();
      stderr.end();
      const reason = failure(exit.code, exit.signal);
      if (reason === undefined) return resolve({ stdout: stdout.text, stderr: stderr.text });
      reject(commandError(reason, command, both));
    };
    client.once("close", finish);
    client.exec(command, { env: environment }, (error, channel) => {
      if (error) return reject(error);
      if (execution.stdout) {
        pipeOut(channel, execution.stdout, reject);
      } else channel.on("data", (chunk: Buffer) => stdout.add(chunk));
      channel.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
      channel.on("exit", (code: number | null, signal?: string) => {
        exit = { code, ...(signal === undefined ? {} : { signal: signal.replace(/^SIG/, "") }) };
      });
      channel.once("close", finish);
      // A command which ends without reading its input is not an error of its own.
      channel.on("error", () => undefined);
      if (typeof stdin === "string") channel.end(stdin);
      else stdin.pipe(channel);
    });
  });
}
