import type { HostName } from "../../lab/topology";
import { on } from "./driver";

/** Harbor's containers on a node: a line each, with its id and since when it has been running. */
export async function containersOf(node: HostName): Promise<string> {
  return on(
    node,
    "docker ps -aq --no-trunc | xargs -r docker inspect -f '{{.Name}} {{.Id}} {{.State.StartedAt}}' | sort",
  );
}

/** When a container began to run, in milliseconds since 1970. */
export async function startOf(node: HostName, container: string): Promise<number> {
  return Date.parse(await on(node, `docker inspect -f '{{.State.StartedAt}}' ${container}`));
}
