import type { Readable, Writable } from "node:stream";
import type { Client } from "ssh2";
import type { Connection } from "./connection";
import { BastionError, withClient } from "./dial";
import { run } from "./run";

/** A step on a host that this machine runs by itself, past the engine. Holds secrets. */
export interface StepRequest {
  /** The host's name, with which each line of output begins. */
  readonly node: string;
  readonly connection: Connection;
  /** What `commandText` makes. */
  readonly command: string;
  /** What `standardInput` makes, or that and what follows it. */
  readonly stdin: string | Readable;
}

/** The host was not reached, or did not let us in: nothing was done on it. */
export class NoConnection extends Error {
  constructor(
    readonly node: string,
    /** Whether nothing answered at all; otherwise somebody did and refused. */
    readonly silent: boolean,
    reason: string,
  ) {
    super(reason);
    this.name = "NoConnection";
  }
}

/** A step that did not come to a good end. What it said was reported while it ran. */
export class StepFailed extends Error {
  constructor(
    readonly node: string,
    /** Whether the connection ended before the step did, of which it could say nothing. */
    readonly lost: boolean,
  ) {
    super(
      lost
        ? `${node}: the connection was lost before the step had ended; run again`
        : `${node}: the step failed; its last lines say why`,
    );
    this.name = "StepFailed";
  }
}

/*
 * What is said of a host that is not there. A name that is not known, or no way to its network, says
 * something of this machine; so does a bastion that does not answer of the bastion.
 */
const NOT_THERE =
  /ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ETIMEDOUT|Timed out while waiting for handshake|Connection refused|No route to host|Connection timed out/;

function noConnection(node: string, { host, port }: Connection, error: unknown): NoConnection {
  const reason = (error instanceof Error ? error.message : String(error)).trim();
  const silent = !(error instanceof BastionError) && NOT_THERE.test(reason);
  const text = `no SSH to ${host}:${port}: ${reason.replaceAll(/\s*\n\s*/g, " ")}`;
  return new NoConnection(node, silent, text);
}

/**
 * Runs a step on a host and returns its standard output as text, empty where `stdout` took it.
 *
 * @param report Takes each line that the step says, which begins with the host's name.
 * @param stdout Takes the bytes of standard output in place of the text.
 * @throws NoConnection, StepFailed
 */
export async function runStep(
  { node, connection, command, stdin }: StepRequest,
  report: (line: string) => void,
  stdout?: Writable,
): Promise<string> {
  const work = async (client: Client) => {
    let lost = false;
    client.once("close", () => {
      lost = true;
    });
    try {
      const ran = await run(client, { command, stdin, stdout, onStderrLine: report });
      return ran.stdout;
    } catch {
      // The error of a command repeats all of it.
      throw new StepFailed(node, lost);
    }
  };
  try {
    return await withClient(connection, () => undefined, work);
  } catch (error) {
    throw error instanceof StepFailed ? error : noConnection(node, connection, error);
  }
}
