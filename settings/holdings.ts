import * as path from "node:path";
import { z } from "zod";
import { field, type Given } from "./given";
import { clients, nodes, ssh } from "./hosts";
import { cephfs, database, redis } from "./services";

/*
 * What a stack has for itself, as keys that are equal where two stacks mean the same thing. Whatever is
 * not there, not valid or encrypted is no key: the schema says that of a stack's own settings, and of
 * another stack's nothing is known then.
 */

/** One of the things that no two stacks may have. */
export interface Holding {
  readonly kind: "hostname" | "node" | "client" | "database" | "sessions";
  /** The setting that says so. */
  readonly setting: string;
  /** What it says, its default too. */
  readonly says: string;
  readonly keys: readonly string[];
}

/** Where a stack's files lie on a file system. */
export interface Place {
  /** Keys of the monitors, one of which is enough to know the file system by. */
  readonly fileSystems: readonly string[];
  /** `cephfs.path`. */
  readonly path: string;
  /** Directories of the file system that the stack writes to. */
  readonly directories: readonly string[];
}

/** A value as the schema reads it, defaults filled in; undefined for one that it does not take. */
function known<T extends z.ZodType>(kind: T, value: unknown): z.output<T> | undefined {
  const read = kind.safeParse(value);
  return read.success ? read.data : undefined;
}

/** Several values, or nothing where one of them is not known. */
function all<T extends readonly unknown[]>(
  ...values: T
): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  return values.includes(undefined)
    ? undefined
    : (values as unknown as { [K in keyof T]: Exclude<T[K], undefined> });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The place where SSH reaches a host: behind a bastion the same address may be another host. */
function endpoint(host: unknown, address: string, given: Given): string {
  const sshPort = known(ssh.shape.port, field(given.ssh, "port"));
  const own = nodes.element.shape;
  const port = known(own.port, field(host, "port")) ?? sshPort;
  const bastion = known(clients.unwrap().element.shape.address, field(host, "bastion", "address"));
  return `ssh ${bastion?.toLowerCase() ?? ""} ${address.toLowerCase()}:${port}`;
}

function nodeHoldings(given: Given): Holding[] {
  const { address: addresses, sshAddress: sshAddresses } = nodes.element.shape;
  return list(given.nodes).flatMap((node, i) => {
    const address = known(addresses, field(node, "address"));
    const sshAddress = known(sshAddresses, field(node, "sshAddress"));
    const reached = (at: string) => endpoint(node, at, given);
    const setting = `nodes[${i}]`;
    const kind = "node" as const;
    return [
      ...(address === undefined
        ? []
        : [
            {
              ...{ kind, setting: `${setting}.address`, says: address },
              keys: [`address ${address}`, ...(sshAddress === undefined ? [reached(address)] : [])],
            },
          ]),
      ...(sshAddress === undefined
        ? []
        : [
            {
              ...{ kind, setting: `${setting}.sshAddress`, says: sshAddress },
              keys: [reached(sshAddress)],
            },
          ]),
    ];
  });
}

function clientHoldings(given: Given): Holding[] {
  return list(given.clients).flatMap((client, i) => {
    const address = known(clients.unwrap().element.shape.address, field(client, "address"));
    if (address === undefined) return [];
    const keys = [endpoint(client, address, given)];
    return [{ kind: "client", setting: `clients[${i}].address`, says: address, keys }];
  });
}

function databaseHolding(given: Given): Holding[] {
  const { host, port, name } = database.shape;
  const read = all(
    known(host, field(given.database, "host")),
    known(port, field(given.database, "port")),
    known(name, field(given.database, "name")),
  );
  if (read === undefined) return [];
  const [at, number, called] = read;
  const key = `${at}:${number}/${called}`.toLowerCase();
  const says = `${called} on ${at}:${number}`;
  return [{ kind: "database", setting: "database.name", says, keys: [key] }];
}

function sessionHolding(given: Given): Holding[] {
  const { host, port, database: indexes } = redis.shape;
  const read = all(
    known(host, field(given.redis, "host")),
    known(port, field(given.redis, "port")),
    known(indexes, field(given.redis, "database")),
  );
  if (read === undefined) return [];
  const [at, number, index] = read;
  const key = `${at}:${number}/${index}`.toLowerCase();
  const says = `${index} on ${at}:${number}`;
  return [{ kind: "sessions", setting: "redis.database", says, keys: [key] }];
}

/** What a stack's settings, as far as they are known, have for this stack alone. */
export function holdings(given: Given): Holding[] {
  const hostname = typeof given.hostname === "string" ? given.hostname : "";
  return [
    ...(hostname === ""
      ? []
      : [
          {
            ...{ kind: "hostname" as const, setting: "hostname", says: hostname },
            keys: [hostname.toLowerCase()],
          },
        ]),
    ...nodeHoldings(given),
    ...clientHoldings(given),
    ...databaseHolding(given),
    ...sessionHolding(given),
  ];
}

/** The two ports that a monitor listens on when none is named. */
const MONITOR_PORTS = ["3300", "6789"];

function monitorKey(monitor: string): string {
  const [host, port = "6789"] = monitor.toLowerCase().split(":");
  return MONITOR_PORTS.includes(port) ? host! : `${host}:${port}`;
}

/** Where a stack's files lie; undefined where that is not known. */
export function placeOf(given: Given): Place | undefined {
  const shape = cephfs.shape;
  const of = (name: string) => field(given.cephfs, name);
  const read = all(
    known(shape.monitors, of("monitors")),
    known(shape.fileSystem, of("fileSystem")),
    known(shape.path, of("path")),
    known(shape.dataDirectory, of("dataDirectory")),
  );
  if (read === undefined) return undefined;
  const [monitors, fileSystem, root, data] = read;
  return {
    fileSystems: monitors.map((monitor) => `${monitorKey(monitor)}/${fileSystem}`),
    path: root,
    directories: [data, ".harbor-ha"].map((name) => path.posix.join(root, name)),
  };
}
