import { z } from "zod";
import { dns } from "./dns";
import { flag, integer, isDnsName, needed, port, text } from "./fields";
import { clients, nodes, ssh } from "./hosts";
import { images } from "./images";
import { proxy } from "./proxy";
import { release } from "./release";
import { rollout } from "./rollout";
import { cephfs, database, redis } from "./services";
import { tls, tokenKeypair } from "./tls";

/*
 * What a stack may say. Every key stands under `harbor-ha:` in the stack file, and docs/settings.md
 * is made from what stands here. Checks that look at more than one value are in rules.ts.
 */

export const schema = z.strictObject({
  hostname: text("the DNS name under which clients reach the registry")
    .refine(
      (value) => isDnsName(value) && value.includes("."),
      "must be a DNS name such as hub.example.com, with no port, scheme or path; an address of a node cannot be shared by all of them",
    )
    .describe("The common name of all nodes"),
  port: port.default(8070).describe("The port that clients use, on every node"),
  tls: tls.default({ source: "none" }).describe("How clients' connections are protected"),
  release: needed(release).describe("The Harbor release"),
  images: images
    .default({ source: "installer" })
    .describe("Where the nodes get the release's images"),
  proxy: proxy
    .optional()
    .describe("The HTTP proxy through which nodes pull images; `http`, `https` or both"),
  nodes,
  ssh: needed(ssh).describe("How hosts are reached"),
  clients,
  cephfs: needed(cephfs).describe("The shared file system"),
  database: needed(database).describe("The external database cluster"),
  redis: needed(redis).describe("The session store"),
  dns: dns.default({ provider: "manual", ttl: 30 }).describe("Who keeps the A records"),
  rollout: rollout.prefault({}).describe("How a change goes from node to node"),
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
  tokenKeypair: tokenKeypair
    .optional()
    .describe(
      "The keypair that signs tokens: one that is there already, or which of those made here; without it one is made",
    ),
  predecessor: text("a stack's name, such as prod")
    .regex(
      /^([A-Za-z0-9._-]{1,100}\/)?[A-Za-z0-9._-]{1,100}$/,
      "must be a stack's name such as prod, or project/stack",
    )
    .optional()
    .describe(
      "The stack whose place this one takes (it was renamed, restored, or goes back to an earlier release): what it has may be this stack's, its nodes and its files too",
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

/** The settings whose values are secrets, as paths; a proxy's URL is one when it has a password. */
export const SECRET_SETTINGS = [
  "ssh.privateKey",
  "cephfs.key",
  "database.password",
  "database.admin.password",
  "redis.password",
  "dns.tsig.secret",
  "secretkey",
  "tls.key",
  "tokenKeypair.privateKey",
] as const;
