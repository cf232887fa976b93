import { z } from "zod";
import {
  absolutePath,
  databasePassword,
  host,
  integer,
  monitor,
  port,
  redisPassword,
  text,
} from "./fields";

/* What the nodes share: the file system, the database and the session store. */

export const cephfs = z.strictObject({
  monitors: z
    .array(monitor, { error: "must be a list of monitors, host[:port]" })
    .min(1, "must name at least one monitor")
    .meta({ allowed: "list of host[:port]" })
    .describe("Ceph monitors; without a port the client tries the standard ones"),
  fileSystem: text("a file system name")
    .regex(/^[A-Za-z0-9._-]+$/, "must be made of letters, digits, dots, hyphens and underscores")
    .default("cephfs")
    .describe("Name of the file system"),
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9._/-]*$/, "must be an absolute path in the file system, such as /")
    .meta({ allowed: "absolute path" })
    .default("/")
    .describe("The directory of the file system that is mounted"),
  client: text("a Ceph client name without `client.`")
    .regex(
      /^(?!client\.)[A-Za-z0-9._-]+$/,
      "must be a Ceph client's name without the leading `client.`, such as harbor",
    )
    .default("harbor")
    .describe("The Ceph client that mounts it"),
  key: text("the Ceph client's key (see `ceph auth get-key`)")
    .regex(
      /^[A-Za-z0-9+/]{38}==$/,
      "must be a Ceph key: 40 characters of base64, as `ceph auth get-key client.NAME` prints it",
    )
    .describe("That client's key"),
  mountPoint: absolutePath("/mnt/cephfs").default("/mnt/cephfs").describe("Where nodes mount it"),
  driver: z
    .enum(["kernel", "fuse"], { error: "must be kernel or fuse" })
    .default("kernel")
    .describe("The kernel's own client, or ceph-fuse"),
  dataDirectory: z
    .string()
    .regex(
      /^(?!\.)[A-Za-z0-9._-]+(\/(?!\.)[A-Za-z0-9._-]+)*$/,
      "must be a relative path below the mount point, such as harbor/data",
    )
    .meta({ allowed: "relative path" })
    .default("harbor/data")
    .describe("Harbor's data, below the mount point"),
});

export const database = z.strictObject({
  kind: z
    .enum(["mysql", "postgresql"], { error: "must be mysql or postgresql" })
    .default("mysql")
    .describe("Harbor 1.1 to 1.5 work on MySQL, later releases on PostgreSQL"),
  host: host.describe("Address of the cluster"),
  port: port.default(3306).describe("Its port"),
  name: text("a database name")
    .regex(/^[A-Za-z0-9_]{1,64}$/, "must be made of letters, digits and underscores")
    .default("registry")
    .describe("Harbor's database, which must be there and empty, or Harbor's already"),
  user: text("a database user")
    .regex(
      /^[A-Za-z0-9._-]{1,32}$/,
      "must be made of letters, digits, dots, hyphens and underscores",
    )
    .describe("Harbor's account, with all rights on its database"),
  password: databasePassword.describe("That account's password"),
  admin: z
    .strictObject({
      user: text("an administrator's name").describe("The administrator's account"),
      password: databasePassword.describe("That account's password"),
    })
    .optional()
    .describe("Needed once, where only an administrator can load the schema (Galera)"),
});

export const redis = z.strictObject({
  host: host.describe("Address of Redis"),
  port: port.default(6379).describe("Its port"),
  password: redisPassword.describe("Its password, as far as Harbor can carry it"),
  database: integer(0, 15, "a Redis database index").default(0).describe("Database index"),
  poolSize: integer(1, 10000, "a connection pool's size")
    .default(100)
    .describe("Connections that a node keeps open"),
});
