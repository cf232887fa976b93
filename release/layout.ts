import { parse } from "yaml";
import { ReleaseError } from "./release-error";

/** What a node has to know of a rendered release besides its files. */
export interface ReleaseLayout {
  /** The services that run, sorted. */
  readonly services: readonly string[];
  /** Their images, sorted. */
  readonly images: readonly string[];
  /** Directories below the data directory that the services mount, sorted. */
  readonly dataDirectories: readonly string[];
  /** The image that holds the release's database schema and a client for it. */
  readonly schemaImage: string;
}

interface ComposeFile {
  services?: Record<string, { image?: string; volumes?: string[] }>;
}

/** Mounted from the data directory, but a file: docker would make a directory of its name. */
const FILES = ["secretkey"];

/**
 * @param original docker-compose.yml as the release ships it, with its bundled database
 * @param rendered docker-compose.yml as it is deployed
 * @param dataDirectory absolute path of Harbor's data on a node
 */
export function releaseLayout(
  original: string,
  rendered: string,
  dataDirectory: string,
): ReleaseLayout {
  const schemaImage = (parse(original) as ComposeFile).services?.["mysql"]?.image;
  if (!schemaImage) {
    throw new ReleaseError(
      "installer: docker-compose.yml has no service mysql, whose image holds the database schema",
    );
  }
  const services = Object.entries((parse(rendered) as ComposeFile).services ?? {});
  const mounted = services
    .flatMap(([, service]) => service.volumes ?? [])
    .map((volume) => volume.split(":")[0]!)
    .filter((source) => source.startsWith(`${dataDirectory}/`))
    .map((source) => source.slice(dataDirectory.length + 1).replace(/\/+$/, ""))
    .filter((directory) => directory !== "" && !FILES.includes(directory));
  return {
    services: services.map(([name]) => name).sort(),
    images: unique([...services.flatMap(([, service]) => service.image ?? []), schemaImage]),
    dataDirectories: unique(mounted),
    schemaImage,
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
