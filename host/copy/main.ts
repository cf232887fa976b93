/**
 * Copies a file to a node: a CopyRequest on standard input, progress on standard error. Started by
 * the engine on the machine that runs the program.
 */
import { text } from "node:stream/consumers";
import { withClient } from "../ssh/dial";
import { copyFile } from "./copy";
import type { CopyRequest } from "./request";

async function readRequest(): Promise<CopyRequest> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input) as CopyRequest;
  } catch {
    // The parser's own message quotes the text, which holds a key.
    throw new Error("standard input is no JSON");
  }
}

/** What failed, on one line. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replaceAll(/\s*\n\s*/g, " ");
}

async function main(): Promise<void> {
  const request = await readRequest();
  const say = (line: string) => process.stderr.write(`${request.node}: ${line}\n`);
  let connected = false;
  try {
    await withClient(request.connection, say, async (client) => {
      connected = true;
      await copyFile(client, request, say);
    });
  } catch (error) {
    const { host, port } = request.connection;
    const settings = "(nodes[]: sshAddress, port, user, hostKey, bastion; ssh.privateKey)";
    say(connected ? reason(error) : `no SSH to ${host}:${port}: ${reason(error)} ${settings}`);
    process.exitCode = 1;
  }
}

// Nobody reads any more: the engine that started this is gone.
process.stderr.on("error", () => process.exit(1));
main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exitCode = 1;
});
