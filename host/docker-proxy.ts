import { createHash } from "node:crypto";
import type { HostFile } from "./command";

/** Through what docker on a node reaches registries. */
export interface DockerProxy {
  /** URL of the proxy for http; may hold a password. @default none */
  readonly http?: string;
  /** URL of the proxy for https; may hold a password. @default none */
  readonly https?: string;
  /** Hosts that are reached without it, with commas between them. */
  readonly noProxy: string;
}

/** docker-proxy.sh knows the file and the sum by these names. */
const PATH = "/etc/harbor-ha/docker-proxy.env";
const SUM = "HARBOR_HA_PROXY";

/**
 * The environment file from which systemd starts docker, for root alone. By the sum in it a node sees
 * whether the docker that runs was started with these settings.
 */
export function dockerProxyFile({ http, https, noProxy }: DockerProxy): HostFile {
  const variables = { HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: noProxy };
  const lines = Object.entries(variables)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${quoted(value!)}\n`)
    .join("");
  const sum = createHash("sha256").update(lines).digest("hex").slice(0, 16);
  return { path: PATH, mode: 0o600, content: `${lines}${SUM}=${sum}\n` };
}

/** What systemd.exec(5) says of EnvironmentFile: as in a shell, but nothing is expanded. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"`$]/g, "\\$&")}"`;
}
