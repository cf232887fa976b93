import { parse } from "yaml";
import type { ReadCommand } from "../../host/read-command";
import type { Model, Store } from "./model";

/* What nodes find outside of themselves, by what the steps put on a node. */

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly ports?: string[]; readonly volumes?: string[] }>
  >;
}

const ENVIRONMENT = /^common\/config\/([a-z]+\/env)$/;

/** Where a variable is set in the rendered environment files, and its value. */
function variable(stage: ReadCommand, name: string): { value: string; named: string } | undefined {
  for (const { path, content } of stage.shown) {
    const file = ENVIRONMENT.exec(path)?.[1];
    const value = new RegExp(`^${name}=(.+)$`, "m").exec(content)?.[1];
    if (file !== undefined && value !== undefined) return { value, named: `${name} in ${file}` };
  }
  return undefined;
}

/** The release's docker-compose.yml, as a node gets it. */
export function composeOf(stage: ReadCommand): Compose {
  return parse(stage.shown.find(({ path }) => path === "docker-compose.yml")!.content) as Compose;
}

export function volumesOf(stage: ReadCommand): string[] {
  return Object.values(composeOf(stage).services).flatMap(({ volumes = [] }) => volumes);
}

export function filesOf(
  preflight: ReadCommand,
  mount: ReadCommand,
  stage: ReadCommand,
): Model["files"] {
  const line = mount.parameters.get("FSTAB_LINE");
  if (line === undefined) return undefined;
  const [source, mountPoint, , options = ""] = line.split(" ");
  const [, monitors, path] = /^(.+):(\/.*)$/.exec(source!) ?? [];
  // The line of ceph-fuse names a file for the monitors.
  const hosts = monitors ?? preflight.parameters.get("MONITORS")!;
  const below = `${mountPoint!}/${stage.parameters.get("DATA_DIRECTORY")!}/`;
  const directories = volumesOf(stage)
    .filter((volume) => volume.startsWith(below))
    .map((volume) => volume.slice(below.length).split(/[/:]/)[0]!)
    .filter((directory) => directory !== "");
  return {
    hosts: hosts.split(/[,\s]+/),
    part: path ?? /client_mountpoint=([^,]+)/.exec(options)?.[1] ?? "/",
    named: "/etc/fstab",
    directories: [...new Set(directories)].sort(),
  };
}

export function databaseOf(stage: ReadCommand): Store | undefined {
  const host = variable(stage, "MYSQL_HOST");
  if (host === undefined) return undefined;
  const port = variable(stage, "MYSQL_PORT")?.value ?? "3306";
  const part = variable(stage, "MYSQL_DATABASE")?.value ?? "";
  return { hosts: [`${host.value}:${port}`], part, named: host.named };
}

export function sessionsOf(stage: ReadCommand, start: ReadCommand): Model["sessions"] {
  const url = variable(stage, "_REDIS_URL");
  if (url === undefined) return undefined;
  const [host, , , number = "0"] = url.value.split(",");
  const leases = start.parameters.get("HEALTH_CHECKS") === "true";
  return { hosts: [host!], part: number, named: url.named, leases };
}
