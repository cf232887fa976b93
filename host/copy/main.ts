/**
 * Copies a file to a node: a CopyRequest on standard input, progress on standard error. Started by
 * the engine on the machine that runs the program.
 */
import { reason, serveRequest } from "../request-program";
import { withClient } from "../ssh/dial";
import { copyFile } from "./copy";
import type { CopyRequest } from "./request";

void serveRequest<CopyRequest>(async (request, report) => {
  const { node, connection } = request;
  const say = (line: string) => report(`${node}: ${line}`);
  let connected = false;
  try {
    await withClient(connection, say, async (client) => {
      connected = true;
      await copyFile(client, request, say);
    });
  } catch (error) {
    const { host, port } = connection;
    const settings = "(nodes[]: sshAddress, port, user, hostKey, bastion; ssh.privateKey)";
    const what = connected ? "" : `no SSH to ${host}:${port}: `;
    throw new Error(`${node}: ${what}${reason(error)}${connected ? "" : ` ${settings}`}`);
  }
});
