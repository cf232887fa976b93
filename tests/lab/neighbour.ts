import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { cephDirectory } from "../../lab/ceph";
import { prepareStack } from "../../lab/deploy";
import type { Lab } from "../../lab/lab";
import { run, type Output } from "../../lab/shell";
import { openStack } from "../../lab/stack";
import { CEPH, DATABASE, DNS, STACK_DIR } from "../../lab/topology";
import { FIRST_VARIANT } from "../../lab/variant";
import { NO_CHANGES } from "../../lab/changes";
import { setSetting } from "../../operate/restore/stack-file";
import { sql } from "./database";

/* Another environment on the lab's services: what it has for itself, and how it is made. */

const ROOT = path.resolve(__dirname, "../..");

export const NEIGHBOUR = {
  stack: "third",
  hostname: `third.${DNS.zone}`,
  path: "/apps/third",
  database: "registry_third",
  account: "third",
} as const;

const FILE = path.join(STACK_DIR, `Pulumi.${NEIGHBOUR.stack}.yaml`);

/** Passwords and keys of the services that are the neighbour's own. */
export interface OwnSecrets {
  readonly databasePassword: string;
  readonly cephKey: string;
}

/** A database with an account of its own, and a directory with a client of its own. */
export async function ownServices(): Promise<OwnSecrets> {
  const { database, account } = NEIGHBOUR;
  const databasePassword = randomBytes(16).toString("hex");
  // A story that was killed may have left an account with another password.
  await sql(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4;
    CREATE USER IF NOT EXISTS '${account}'@'%';
    ALTER USER '${account}'@'%' IDENTIFIED BY '${databasePassword}';
    GRANT ALL ON ${database}.* TO '${account}'@'%';`);
  const cephKey = await cephDirectory(NEIGHBOUR.path, NEIGHBOUR.stack);
  return { databasePassword, cephKey };
}

/** Runs `npm run new-stack` for the neighbour; what the lab's stack has is taken from it. */
export async function newStack(...flags: string[]): Promise<Output & { readonly text: string }> {
  const args = ["run", "--silent", "new-stack", "--", "--stack", NEIGHBOUR.stack];
  const output = await run(
    "npm",
    [...args, "--folder", STACK_DIR, "--from", "lab", "--driver", "fuse", ...flags],
    { cwd: ROOT, mayFail: true, env: { NO_COLOR: "1" } },
  );
  return { ...output, text: output.stdout + output.stderr };
}

/** The flags for a host as the neighbour's node, reached as the lab's own stack reaches it. */
export function nodeFlags({ nodes }: Lab, name: string): string[] {
  const { address, user, hostKey, bastion } = nodes.find((node) => node.name === name)!;
  const behind = bastion
    ? ["--bastion", bastion.address, "--set", `nodes[0].bastion.hostKey=${bastion.hostKey}`]
    : [];
  return [
    ...["--node", `${name}=${user}@${address}`],
    ...["--set", `nodes[0].hostKey=${hostKey}`],
    ...behind,
  ];
}

/** The flags for what the neighbour has for itself, besides its nodes. */
export const OWN_FLAGS = [
  ...["--hostname", NEIGHBOUR.hostname],
  ...["--cephfs-path", NEIGHBOUR.path, "--cephfs-client", NEIGHBOUR.stack],
  ...["--database-name", NEIGHBOUR.database, "--database-user", NEIGHBOUR.account],
  ...["--redis-database", "1"],
] as const;

/** The flags for what the lab's own stack has. */
export const FIRST_FLAGS = [
  ...["--hostname", DNS.zone],
  ...["--cephfs-path", CEPH.path, "--cephfs-client", CEPH.client],
  ...["--database-name", DATABASE.name, "--database-user", DATABASE.user],
  ...["--redis-database", "0"],
] as const;

/** The stack's file, which new-stack wrote; undefined where there is none. */
export async function writtenFile(): Promise<string | undefined> {
  return readFile(FILE, "utf8").catch(() => undefined);
}

export async function removeFile(): Promise<void> {
  await rm(FILE, { force: true });
}

/**
 * The neighbour's stack, from its file, with its secrets.
 * @param lab with the nodes that the lab's own stack has
 */
export async function neighbourStack(lab: Lab, own: OwnSecrets): Promise<Stack> {
  const { environment } = await prepareStack(lab, FIRST_VARIANT, NO_CHANGES, () => undefined);
  const stack = await openStack(NEIGHBOUR.stack, environment);
  const secrets = {
    "ssh.privateKey": lab.sshPrivateKey,
    "cephfs.key": own.cephKey,
    "database.password": own.databasePassword,
    "database.admin.password": lab.database.admin.password,
    "redis.password": lab.redis.password,
    "dns.tsig.secret": lab.dns.secret,
  };
  for (const [setting, value] of Object.entries(secrets))
    await setSetting(stack, setting, value, true);
  return stack;
}
