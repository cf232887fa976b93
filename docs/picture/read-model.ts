import { isDeepStrictEqual } from "node:util";
import type { ReadCommand } from "../../host/read-command";
import type { Declared } from "./declared";
import type { DrawnNode, Model } from "./model";
import { composeOf, databaseOf, filesOf, sessionsOf, volumesOf } from "./read-stores";

/** Ports that only the node itself reaches are no business of the picture. */
const isOpen = (ports: string) => !ports.startsWith("127.");

/** What every node has the same: by the stand-ins in its files, and by what its services mount. */
function sharedOf(stages: readonly ReadCommand[]): string[] {
  const inFiles = (name: string) =>
    stages.every(({ shown }) => shown.some(({ content }) => content.includes(`{{ ${name}`)));
  const mounted = (file: string) =>
    stages.every((stage) => volumesOf(stage).some((volume) => volume.includes(`/${file}:`)));
  return [
    ...(inFiles("tokenKey") && inFiles("tokenCertificate") ? ["token keypair"] : []),
    ...(mounted("secretkey") ? ["secret key"] : []),
    ...(inFiles("tlsKey") ? ["certificate"] : []),
  ];
}

function nodeOf(
  { name, address }: Declared["nodes"][number],
  stage: ReadCommand,
  mount: ReadCommand,
): DrawnNode {
  const services = Object.entries(composeOf(stage).services);
  return {
    name,
    address,
    services: services.map(([service]) => service).sort(),
    mountPoint: mount.parameters.get("MOUNT_POINT")!,
    published: services.flatMap(([service, { ports = [] }]) =>
      ports.filter(isOpen).map((open) => ({ service, ports: open })),
    ),
  };
}

type View = Pick<Model, "files" | "database" | "sessions" | "dns">;

/** What a node finds outside of itself. */
function viewOf(node: string, { records, steps }: Declared): View {
  const step = (name: string) => steps.find((one) => one.step === name && one.node === node)!;
  const [stage, start] = [step("stage"), step("start")];
  const files = filesOf(step("preflight"), step("mount"), stage);
  const database = databaseOf(stage);
  const sessions = sessionsOf(stage, start);
  const server = start.parameters.get("DNS_SERVER");
  return {
    ...(files && { files }),
    ...(database && { database }),
    ...(sessions && { sessions }),
    dns: {
      name: start.parameters.get("DOMAIN")!,
      addresses: records.map(({ address }) => address),
      ttl: records[0]!.ttl,
      ...(server !== undefined && { server }),
      healthChecks: start.parameters.get("HEALTH_CHECKS") === "true",
    },
  };
}

/**
 * The picture's content, from what is declared.
 * @throws Error where nodes are declared with different stores, which no one picture can show
 */
export function modelOf(declared: Declared): Model {
  const { url, nodes, steps } = declared;
  const step = (name: string, node: string) =>
    steps.find((one) => one.step === name && one.node === node)!;
  const [first, ...others] = nodes.map(({ name }) => ({ name, view: viewOf(name, declared) }));
  const another = others.find(({ view }) => !isDeepStrictEqual(view, first!.view));
  if (another !== undefined) {
    throw new Error(
      `${another.name} is declared with other stores than ${first!.name}; draw what both have (docs/picture/read-model.ts)`,
    );
  }
  return {
    url: new URL(url),
    release: step("stage", first!.name).parameters.get("RELEASE_VERSION")!,
    nodes: nodes.map((node) => nodeOf(node, step("stage", node.name), step("mount", node.name))),
    clients: steps.filter((one) => one.step === "client").map(({ node }) => node),
    shared: sharedOf(nodes.map(({ name }) => step("stage", name))),
    ...first!.view,
  };
}
