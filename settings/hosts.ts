import * as net from "node:net";
import { z } from "zod";
import { host, hostKey, integer, port, text } from "./fields";

/* The hosts, and how SSH reaches them. */

export const ssh = z.strictObject({
  user: text("a user name").default("root").describe("Login user, where a node names no other"),
  port: port.default(22).describe("SSH port, where a node names no other"),
  privateKey: text("an SSH private key in PEM or OpenSSH format")
    .refine(
      (value) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value),
      "must be a private key in PEM or OpenSSH format",
    )
    .describe("The key that opens every node and bastion"),
  dialAttempts: integer(1, 1000, "a number of connection attempts")
    .default(30)
    .describe("Tries before a host that does not answer is given up; they back off to one in 15 s"),
});

const user = text("a user name").optional();
const pinned = hostKey.optional();

const bastion = z.strictObject({
  address: host.describe("Address of the host that the connection goes through"),
  user: user.describe("Login user there; as `ssh.user` when left out"),
  port: port.optional().describe("SSH port there; as `ssh.port` when left out"),
  hostKey: pinned.describe("Pinned public host key; without it any key is accepted"),
});

const name = text("a short name such as hub1")
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a short name of lower-case letters, digits and hyphens, such as hub1",
  )
  .describe("Unique in the stack; it names the resources and begins each line of output");

const login = {
  user: user.describe("Login user; one that is not root needs `sudo` without a password"),
  port: port.optional().describe("SSH port; as `ssh.port` when left out"),
  hostKey: pinned.describe("Pinned public host key; without it any key is accepted"),
  bastion: bastion.optional().describe("A host that the connection goes through"),
};

const node = z.strictObject({
  name,
  address: text("an IPv4 address")
    .refine((value) => net.isIPv4(value), "must be an IPv4 address, as it becomes an A record")
    .describe("What clients and the other nodes use; it becomes an A record. Unique in the stack"),
  sshAddress: host.optional().describe("Where SSH reaches the node, when that is not `address`"),
  ...login,
});

export const nodes = z
  .array(node, { error: "must be a list of nodes, each with a name and an address" })
  .min(1, "must name at least one node")
  .describe("The hosts; the first one carries the installer and loads the schema");

const client = z.strictObject({
  name,
  address: host.describe("Where SSH reaches it. Unique among the clients"),
  ...login,
});

export const clients = z
  .array(client, { error: "must be a list of clients, each with a name and an address" })
  .default([])
  .describe("Hosts with Docker that are set up to use the registry");
