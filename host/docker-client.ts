/** Where dockerd keeps its settings and the CAs of registries. A rootless docker has another folder. */
export const DOCKER_DIR = "/etc/docker";

/** Where docker looks for the CA of a registry, as docker names it. */
export function caPath(registry: string): string {
  return `${DOCKER_DIR}/certs.d/${registry}/ca.crt`;
}

export interface ClientInstructionsArgs {
  /** The registry as docker names it, such as `hub.example.com:8070`. */
  readonly registry: string;
  readonly protocol: "http" | "https";
  /** Whether clients have to be given the CA, which is the stack's output `caCertificate`. */
  readonly ca: boolean;
}

/** What a person does on a Docker host before it can push to the registry and pull from it. */
export function clientInstructions({ registry, protocol, ca }: ClientInstructionsArgs): string {
  const login = `docker login ${registry}`;
  const title = `On each Docker host that uses ${registry}, as root:`;
  if (protocol === "http") {
    return [
      title,
      `1. Put the registry into ${DOCKER_DIR}/daemon.json, beside what is there already:`,
      `     { "insecure-registries": [${JSON.stringify(registry)}] }`,
      "2. systemctl reload docker",
      "   (containers go on running; in Docker Desktop: Settings, Docker Engine, Apply)",
      `3. ${login}`,
    ].join("\n");
  }
  if (ca) {
    const path = caPath(registry);
    return [
      title,
      "1. Put the registry's CA, which `pulumi stack output caCertificate` prints, into the file",
      `     ${path}`,
      "   (docker reads it at each use, without a reload; for Docker Desktop:",
      `   ~/.docker/certs.d/${registry}/ca.crt, then restart it)`,
      `2. ${login}`,
    ].join("\n");
  }
  return `Docker hosts need nothing but: ${login}`;
}
