import { isDeepStrictEqual } from "node:util";
import { isHttps } from "../../operate/prove/check";
import { CLIENT_DAEMON, DAEMON_FILE } from "../client";
import { nodeExec } from "../lab";
import type { Check, Deployment } from "./check";

const REGISTRIES = "insecure-registries";

/** Of a daemon.json; the order of its registries means nothing. */
function daemonSettings(text: string): Record<string, unknown> & { [REGISTRIES]: string[] } {
  const settings = JSON.parse(text) as Record<string, unknown>;
  const registries = (settings[REGISTRIES] ?? []) as string[];
  return { ...settings, [REGISTRIES]: [...registries].sort() };
}

/**
 * The client's daemon.json says what it said before a deployment; besides, that a registry which
 * speaks plain HTTP may be used.
 * @throws Error that names the key which does not.
 */
export function checkDaemonSettings(text: string, { url }: Pick<Deployment, "url">): void {
  const wanted = daemonSettings(CLIENT_DAEMON);
  if (!isHttps({ url })) wanted[REGISTRIES] = [...wanted[REGISTRIES], url.host].sort();
  const now = daemonSettings(text);
  const wrong = [...new Set([...Object.keys(wanted), ...Object.keys(now)])].filter(
    (key) => !isDeepStrictEqual(now[key], wanted[key]),
  );
  if (wrong.length > 0) throw new Error(`client: ${DAEMON_FILE} differs in ${wrong.join(", ")}`);
}

/** The registries that the client's engine uses without a trusted certificate, at this moment. */
async function insecureRegistries(): Promise<string[]> {
  const query = "docker info -f '{{json .RegistryConfig.IndexConfigs}}'";
  const { stdout } = await nodeExec("client", query);
  return Object.values(JSON.parse(stdout) as Record<string, { Name: string; Secure: boolean }>)
    .filter(({ Secure }) => !Secure)
    .map(({ Name }) => Name);
}

async function checkAuthority({ lab, url, caCertificate }: Deployment): Promise<void> {
  const file = `/etc/docker/certs.d/${url.host}/ca.crt`;
  const { stdout } = await nodeExec("client", `cat ${file}`, { mayFail: true });
  if (stdout.trim() !== caCertificate!.trim()) {
    throw new Error(`client: ${file} ${stdout === "" ? "is missing" : "is another certificate"}`);
  }
  // A node's engine is no client of the registry, so nobody told it of the authority.
  const { name } = lab.nodes[0]!;
  const pull = `docker pull -q ${url.host}/library/any`;
  const stranger = await nodeExec(name, pull, { mayFail: true, timeout: 60 });
  if (stranger.code === 0 || !stranger.stderr.includes("x509:")) {
    throw new Error(`${name}: docker without the authority does not refuse: ${stranger.stderr}`);
  }
}

/** The client's engine was told what it has to know of the registry, and nothing else changed. */
export const clients: Check = {
  name: "clients",
  async run(deployment) {
    const { url, caCertificate } = deployment;
    checkDaemonSettings((await nodeExec("client", `cat ${DAEMON_FILE}`)).stdout, deployment);
    const insecure = await insecureRegistries();
    if (insecure.includes(url.host) === isHttps(deployment)) {
      const is = isHttps(deployment) ? "is an insecure registry" : "is no insecure registry";
      throw new Error(`client: ${url.host} ${is} for its engine`);
    }
    if (!isHttps(deployment))
      return `client may use ${url.host} without TLS; its settings are kept`;
    if (caCertificate === undefined) return "client trusts the certificate without being told";
    await checkAuthority(deployment);
    return "client trusts the authority and is not insecure; docker without it refuses (x509)";
  },
};
