import { type Check, type NodeFinding, type SeenNode, onEachNode, redo } from "../check";
import { type Container, containersOf } from "../containers";
import { logsAt } from "../logs";

/** A container that was started again this often, the last time this short ago, will be again; at a boot some are, before what they need. */
const LOOP = { restarts: 3, seconds: 30 };

/** A proxy that looked its upstreams' addresses up before they were started with others. */
function staleProxy({ facts, name }: SeenNode): NodeFinding[] {
  if (facts.one("stale")[0] !== "yes") return [];
  return [
    {
      mark: "proxy is stale",
      found: "the proxy was started before a service that it passes requests to",
      declared: "a proxy that knows its services' addresses",
      remedy: `pulumi up; if that has nothing to do: ${redo(name, "start")}`,
    },
  ];
}

/** The node's own clock: it is the one that the container's start was read from. */
function secondsSince({ startedAt }: Container, { facts }: SeenNode): number {
  return Math.round((Number(facts.one("clock")[0]) - startedAt.getTime()) / 1000);
}

/** Every service runs, as it is declared now, and stays up; nothing else runs beside them. */
export const containers: Check = {
  name: "containers",
  judge: onEachNode(["container", "containers", "definition", "stale"], (node, { declared }) => {
    const { facts, name } = node;
    if (facts.unknown("containers") !== undefined) return [];
    const found = containersOf(facts);
    const { services } = declared.release;
    const definitions = new Map(
      facts.all("definition").map(([service = "", sum]) => [service, sum]),
    );
    const missing = services
      .filter((service) => !found.some((container) => container.service === service))
      .map((service): NodeFinding => ({
        mark: `no ${service}`,
        found: `${service} has no container`,
        declared: `${service} runs`,
        remedy: `on the node: systemctl restart harbor; if it does not stay: ${redo(name, "start")}`,
      }));
    const differing = found.flatMap((container): NodeFinding[] => {
      const { service, state, exitCode, restarts, definition } = container;
      const wanted = definitions.get(service);
      if (!services.includes(service)) {
        const text = `${service || "a container without a service"} runs in the project ${declared.project}`;
        const remedy = "on the node: systemctl reload harbor";
        return [{ mark: `extra ${service}`, found: text, declared: "no such service", remedy }];
      }
      if (state !== "running") {
        return [
          {
            mark: `${service} ${state}`,
            found: `${service} is ${state}${state === "exited" ? ` with status ${exitCode}` : ""}`,
            declared: `${service} runs`,
            remedy: `on the node: systemctl reload harbor; if it does not stay up, ${logsAt(declared, service)} says why`,
          },
        ];
      }
      const loops = restarts >= LOOP.restarts && secondsSince(container, node) < LOOP.seconds;
      return [
        ...(wanted === undefined || wanted === definition
          ? []
          : [
              {
                mark: `${service} is old`,
                found: `${service} runs by another definition than docker-compose.yml and its env files have now`,
                declared: "the container that docker-compose would make of them",
                remedy: `on the node: systemctl reload harbor; or ${redo(name, "start")}`,
              },
            ]),
        ...(loops
          ? [
              {
                mark: `${service} loops`,
                found: `docker has started ${service} ${restarts} times again, the last time ${secondsSince(container, node)} s ago`,
                declared: `${service} stays up`,
                remedy: `${logsAt(declared, service)} on the node says why`,
              },
            ]
          : []),
      ];
    });
    return [...missing, ...differing, ...staleProxy(node)];
  }),
};
