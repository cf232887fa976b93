import * as net from "node:net";
import { z } from "zod";
import {
  absolutePath,
  databasePassword,
  flag,
  host,
  hostKey,
  integer,
  isDnsName,
  monitor,
  port,
  redisPassword,
  text,
} from "./fields";

/*
 * What a stack may say. Every key stands under `harbor-ha:` in the stack file. Checks that look at
 * more than one value are in rules.ts.
 */

const privateKey = text("an SSH private key in PEM or OpenSSH format").refine(
  (value) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value),
  "must be a private key in PEM or OpenSSH format",
);

const bastion = z.strictObject({
  /** Address of the host through which a node is reached. */
  address: host,
  user: text("a user name").optional(),
  port: port.optional(),
  /** Pinned public host key; without it any key is accepted. */
  hostKey: hostKey.optional(),
});

const node = z.strictObject({
  /** Short name, unique in the stack; it names the resources and begins each line of output. */
  name: text("a short name such as hub1").regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be a short name of lower-case letters, digits and hyphens, such as hub1",
  ),
  /** The address that clients and the other nodes use: it becomes an A record. */
  address: text("an IPv4 address").refine(
    (value) => net.isIPv4(value),
    "must be an IPv4 address, as it becomes an A record",
  ),
  /** Where SSH reaches the node, when that is another address than `address`. */
  sshAddress: host.optional(),
  /** Login user; one that is not root needs `sudo` without a password. */
  user: text("a user name").optional(),
  port: port.optional(),
  hostKey: hostKey.optional(),
  bastion: bastion.optional(),
});

export const schema = z.strictObject({
  hostname: text("the DNS name under which clients reach the registry").refine(
    (value) => isDnsName(value) && value.includes("."),
    "must be a DNS name such as hub.example.com, with no port, scheme or path; an address of a node cannot be shared by all of them",
  ),
  port: port.default(8070),
  release: z.strictObject({
    version: text("a Harbor release such as 1.1.2").regex(
      /^v?\d+\.\d+\.\d+$/,
      "must be a Harbor release such as 1.1.2",
    ),
    installer: text("the path of the release's installer archive (.tgz)"),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "must be a SHA-256 sum: 64 lower-case hexadecimal digits")
      .optional(),
  }),
  nodes: z
    .array(node, { error: "must be a list of nodes, each with a name and an address" })
    .min(1, "must name at least one node"),
  ssh: z.strictObject({
    user: text("a user name").default("root"),
    port: port.default(22),
    privateKey,
    /** Tries before a host that does not answer is given up; they back off to one in 15 s. */
    dialAttempts: integer(1, 1000, "a number of connection attempts").default(30),
  }),
  cephfs: z.strictObject({
    monitors: z
      .array(monitor, { error: "must be a list of monitors, host[:port]" })
      .min(1, "must name at least one monitor"),
    fileSystem: text("a file system name").default("cephfs"),
    /** The directory of the file system that is mounted. */
    path: z
      .string()
      .regex(/^\/[A-Za-z0-9._/-]*$/, "must be an absolute path in the file system, such as /")
      .default("/"),
    client: text("a Ceph client name without `client.`")
      .regex(
        /^(?!client\.)[A-Za-z0-9._-]+$/,
        "must be a Ceph client's name without the leading `client.`, such as harbor",
      )
      .default("harbor"),
    key: text("the Ceph client's key (see `ceph auth get-key`)").regex(
      /^[A-Za-z0-9+/]{38}==$/,
      "must be a Ceph key: 40 characters of base64, as `ceph auth get-key client.NAME` prints it",
    ),
    mountPoint: absolutePath.default("/mnt/cephfs"),
    driver: z.enum(["kernel", "fuse"], { error: "must be kernel or fuse" }).default("kernel"),
    /** Harbor's data, below the mount point. */
    dataDirectory: z
      .string()
      .regex(
        /^(?!\.)[A-Za-z0-9._-]+(\/(?!\.)[A-Za-z0-9._-]+)*$/,
        "must be a relative path below the mount point, such as harbor/data",
      )
      .default("harbor/data"),
  }),
  database: z.strictObject({
    kind: z
      .enum(["mysql", "postgresql"], { error: "must be mysql or postgresql" })
      .default("mysql"),
    host,
    port: port.default(3306),
    name: text("a database name")
      .regex(/^[A-Za-z0-9_]{1,64}$/, "must be made of letters, digits and underscores")
      .default("registry"),
    user: text("a database user").regex(
      /^[A-Za-z0-9._-]{1,32}$/,
      "must be made of letters, digits, dots, hyphens and underscores",
    ),
    password: databasePassword,
    /** Needed once, where the schema can only be loaded by an administrator. */
    admin: z
      .strictObject({ user: text("an administrator's name"), password: databasePassword })
      .optional(),
  }),
  redis: z.strictObject({
    host,
    port: port.default(6379),
    password: redisPassword,
    database: integer(0, 15, "a Redis database index").default(0),
    poolSize: integer(1, 10000, "a connection pool's size").default(100),
  }),
  dns: z
    .discriminatedUnion(
      "provider",
      [
        z.strictObject({
          provider: z.literal("rfc2136"),
          server: host,
          port: port.default(53),
          zone: text("the zone that holds the hostname").refine(
            isDnsName,
            "must be a zone's name, such as example.com",
          ),
          ttl: integer(1, 86400, "a time to live in seconds").default(30),
          tsig: z.strictObject({
            name: text("the TSIG key's name").refine(isDnsName, "must be a TSIG key's name"),
            algorithm: z
              .enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"], {
                error: "must be hmac-sha256, hmac-sha384 or hmac-sha512",
              })
              .default("hmac-sha256"),
            secret: text("the TSIG key's secret").regex(
              /^[A-Za-z0-9+/]+={0,2}$/,
              "must be a TSIG secret in base64",
            ),
          }),
        }),
        z.strictObject({
          provider: z.literal("manual"),
          ttl: integer(1, 86400, "a time to live in seconds").default(30),
        }),
      ],
      { error: "must have a provider: rfc2136 or manual" },
    )
    .default({ provider: "manual", ttl: 30 }),
  maxJobWorkers: integer(1, 10000, "a number of job workers").default(10),
  harborConfig: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], { error: "must be a plain value" }),
    )
    .default({}),
  installPackages: flag.default(true),
  protect: flag.default(false),
  healthTimeout: integer(30, 3600, "a time in seconds").default(300),
});

/** A stack's settings, checked and with every default filled in. */
export type Settings = z.output<typeof schema>;

/** The settings whose values are secrets, as paths; `*` stands for any list entry. */
export const SECRET_SETTINGS = [
  "ssh.privateKey",
  "cephfs.key",
  "database.password",
  "database.admin.password",
  "redis.password",
  "dns.tsig.secret",
] as const;
