import { Document, isMap, isScalar, isSeq, parseDocument, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { ReleaseError } from "./release-error";

/** The label that a service's file digest is kept in. */
export const DIGEST_LABEL = "harbor-ha.files";

/** What changes in a release's docker-compose.yml. */
export interface ComposeEdits {
  /** Services that something outside takes the place of; those the release lacks are passed over. */
  replaced: readonly string[];
  /** Folders of the node: from → to; what lies below goes along. */
  folders: Readonly<Record<string, string>>;
  /**
   * The service that clients reach, the only port it is published on, and the signal on which it closes
   * that port at once and finishes what was begun.
   */
  published: { service: string; host: number; container: number; stopSignal: string };
}

/**
 * A release's docker-compose.yml, edited as a YAML document so that its comments, order and the
 * text of untouched values stay.
 */
export class Compose {
  private constructor(private readonly document: Document) {}

  /** Throws a ReleaseError for text that is no docker-compose file. */
  static parse(text: string): Compose {
    // Every plain value stays the text it is: docker-compose reads YAML 1.1, where 0644 and "on" are
    // no strings, and a reader of another YAML would write them back as something else.
    const document = parseDocument(text, { schema: "failsafe", customTags: ["null"] });
    const problem = document.errors[0]?.message.split("\n")[0];
    if (problem !== undefined) {
      throw new ReleaseError(`installer: docker-compose.yml is not YAML: ${problem}`);
    }
    if (!isMap(document.get("services"))) {
      throw new ReleaseError("installer: docker-compose.yml has no services");
    }
    return new Compose(document);
  }

  serviceNames(): string[] {
    return this.services().items.map((pair) => String(pair.key));
  }

  /** The names that a service has on its networks: its own, and its container's where it has one. */
  namesOf(service: string): string[] {
    const { container_name: container } = this.service(service).toJSON() as {
      container_name?: string;
    };
    return container === undefined ? [service] : [service, container];
  }

  /** The files and folders of the release folder that a service mounts or takes as env_file. */
  releaseFiles(service: string): string[] {
    return this.allSources(service)
      .filter((source) => source.startsWith("./"))
      .map((source) => source.slice(2).replace(/\/$/, ""));
  }

  /** A service's definition as text, for comparison. */
  definition(service: string): string {
    return JSON.stringify(this.service(service).toJSON());
  }

  edit({ replaced, folders, published }: ComposeEdits): void {
    for (const name of replaced) this.services().delete(name);
    for (const name of this.serviceNames()) {
      const service = this.service(name);
      for (const key of ["depends_on", "links", "external_links"]) forget(service, key, replaced);
      for (const source of sources(service)) {
        source.value = moved(String(source.value), folders);
      }
    }
    if (!this.serviceNames().includes(published.service)) {
      throw new ReleaseError(
        `installer: docker-compose.yml has no service "${published.service}" to publish`,
      );
    }
    const ports = new YAMLSeq();
    ports.add(quoted(`${published.host}:${published.container}`));
    const service = this.service(published.service);
    service.set("ports", ports);
    service.set("stop_signal", published.stopSignal);
  }

  /** Sets a label of a service, beside those that it has. */
  label(service: string, value: string): void {
    this.assign(service, "labels", DIGEST_LABEL, value);
  }

  /** Sets a variable of a service's environment, beside those that it has. */
  setEnvironment(service: string, name: string, value: string): void {
    this.assign(service, "environment", name, value);
  }

  toString(): string {
    return this.document.toString({ lineWidth: 0, flowCollectionPadding: false });
  }

  /** Labels and environment are lists of `name=value` or mappings, as the release has it. */
  private assign(service: string, key: string, name: string, value: string): void {
    const definition = this.service(service);
    const entries = definition.get(key);
    if (isSeq(entries)) {
      entries.add(quoted(`${name}=${value}`));
    } else if (isMap(entries)) {
      entries.set(name, quoted(value));
    } else {
      const added = new YAMLMap();
      added.set(name, quoted(value));
      definition.set(key, added);
    }
  }

  private services(): YAMLMap {
    return this.document.get("services") as YAMLMap;
  }

  private service(name: string): YAMLMap {
    const service = this.services().get(name);
    if (!isMap(service)) {
      throw new ReleaseError(`installer: docker-compose.yml: the service "${name}" is no mapping`);
    }
    return service;
  }

  private allSources(name: string): string[] {
    const service = this.service(name);
    const { env_file: envFiles = [] } = service.toJSON() as { env_file?: string | string[] };
    const mounted = sources(service).map((scalar) => String(scalar.value).split(":")[0]!);
    return [...mounted, ...[envFiles].flat().map(String)];
  }
}

/** The scalars that name what a service mounts: "source:target:options", or a mapping's source. */
function sources(service: YAMLMap): Scalar[] {
  const volumes = service.get("volumes");
  if (!isSeq(volumes)) return [];
  return volumes.items
    .map((item) => (isMap(item) ? item.get("source", true) : item))
    .filter((item) => isScalar(item));
}

function moved(mount: string, folders: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(folders)) {
    const rest = mount.slice(from.length);
    if (mount.startsWith(from) && /^(\/|:|$)/.test(rest)) return to.replace(/\/+$/, "") + rest;
  }
  return mount;
}

/** Takes services out of a list of dependencies, and an empty list out of the service. */
function forget(service: YAMLMap, key: string, names: readonly string[]): void {
  const list = service.get(key);
  if (isSeq(list)) {
    const gone = (item: unknown) => names.includes(String(item).split(":")[0]!);
    list.items = list.items.filter((item) => !gone(isScalar(item) ? item.value : item));
    if (list.items.length === 0) service.delete(key);
  } else if (isMap(list)) {
    for (const name of names) list.delete(name);
    if (list.items.length === 0) service.delete(key);
  }
}

/** Quoted, so that no reader takes "8070:80" for a number in base 60, or digits for a number. */
function quoted(value: string): Scalar {
  const scalar = new Scalar(value);
  scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}
