import { z } from "zod";
import { dns } from "./dns";
import { flag, integer, isDnsName, needed, port, text } from "./fields";
import { nodes, ssh } from "./hosts";
import { cephfs, database, redis } from "./services";

/*
 * What a stack may say. Every key stands under `harbor-ha:` in the stack file, and docs/settings.md
 * is made from what stands here. Checks that look at more than one value are in rules.ts.
 */

const release = z.strictObject({
  version: text("a Harbor release such as 1.1.2")
    .regex(/^v?\d+\.\d+\.\d+$/, "must be a Harbor release such as 1.1.2")
    .describe("The release; the installer must be of the same"),
  installer: text("the path of the release's installer archive (.tgz)").describe(
    "The release's online or offline installer, relative to the project's folder",
  ),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "must be a SHA-256 sum: 64 lower-case hexadecimal digits")
    .meta({ allowed: "64 hexadecimal digits" })
    .optional()
    .describe("Sum that the archive must have"),
});

export const schema = z.strictObject({
  hostname: text("the DNS name under which clients reach the registry")
    .refine(
      (value) => isDnsName(value) && value.includes("."),
      "must be a DNS name such as hub.example.com, with no port, scheme or path; an address of a node cannot be shared by all of them",
    )
    .describe("The common name of all nodes"),
  port: port.default(8070).describe("The port that clients use, on every node"),
  release: needed(release).describe("The Harbor release"),
  nodes,
  ssh: needed(ssh).describe("How hosts are reached"),
  cephfs: needed(cephfs).describe("The shared file system"),
  database: needed(database).describe("The external database cluster"),
  redis: needed(redis).describe("The session store"),
  dns: dns.default({ provider: "manual", ttl: 30 }).describe("Who keeps the A records"),
  maxJobWorkers: integer(1, 10000, "a number of job workers")
    .default(10)
    .describe("Jobs, such as replications, that one node runs at a time"),
  harborConfig: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], { error: "must be a plain value" }),
    )
    .meta({ allowed: "keys of harbor.cfg with plain values" })
    .default({})
    .describe("Further keys of the release's harbor.cfg, as it names them"),
  installPackages: flag
    .default(true)
    .describe("Whether packages that a host lacks are installed from its distribution"),
  secretkey: text("Harbor's secret key")
    .regex(/^[\x21-\x7e]{16}$/, "must be exactly 16 printable ASCII characters without blanks")
    .meta({ allowed: "16 printable ASCII characters" })
    .optional()
    .describe(
      "The key that encrypts passwords in the database, where there is one already (its file stands on the mount as `secretkey`); without it one is made",
    ),
  protect: flag
    .default(false)
    .describe("Whether the engine refuses to delete or replace the keypair and the shared secrets"),
  healthTimeout: integer(30, 3600, "a time in seconds")
    .default(300)
    .describe("Seconds that the health gate waits for a node"),
});

/** A stack's settings, checked and with every default filled in. */
export type Settings = z.output<typeof schema>;

/** The settings whose values are secrets, as paths. */
export const SECRET_SETTINGS = [
  "ssh.privateKey",
  "cephfs.key",
  "database.password",
  "database.admin.password",
  "redis.password",
  "dns.tsig.secret",
  "secretkey",
] as const;
