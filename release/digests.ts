import { createHash } from "node:crypto";
import type { Compose } from "./compose";
import type { RenderedFile } from "./release-settings";

/** Services that read at their start, and never again, what another service tells them. */
const ASKS_AT_START: Readonly<Record<string, readonly string[]>> = { jobservice: ["adminserver"] };

/**
 * A digest for each service that reads files of the release folder. docker-compose recreates a
 * service when its definition changes, but does not notice a changed file that is mounted into it;
 * with the digest in a label, `up -d` recreates exactly the services whose files changed.
 *
 * A proxy looks its upstreams' addresses up once, at its start, so its digest covers the services
 * that it passes requests to, by their files and their definitions: it starts anew when they do.
 * So does a job service's, which asks the administration server for its settings only at its start.
 */
export function fileDigests(compose: Compose, files: readonly RenderedFile[]): Map<string, string> {
  const reads = new Map<string, RenderedFile[]>();
  for (const service of compose.serviceNames()) {
    const mounts = compose.releaseFiles(service);
    if (mounts.length > 0) reads.set(service, readBy(mounts, files));
  }
  const digests = new Map<string, string>();
  for (const [service, read] of reads) {
    const parts = read.map((file) => [file.path, file.content]);
    const names = compose.serviceNames();
    const asked = (ASKS_AT_START[service] ?? []).filter((name) => names.includes(name));
    for (const upstream of [...asked, ...upstreams(read, service, names)]) {
      parts.push([`service ${upstream}`, compose.definition(upstream)]);
      for (const file of reads.get(upstream) ?? []) parts.push([file.path, file.content]);
    }
    digests.set(service, sha256(JSON.stringify(parts)).slice(0, 16));
  }
  return digests;
}

function readBy(mounts: readonly string[], files: readonly RenderedFile[]): RenderedFile[] {
  return files
    .filter(({ path }) => mounts.some((mount) => path === mount || path.startsWith(`${mount}/`)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The services that the nginx configuration among the files names as a server or a target. */
function upstreams(
  files: readonly RenderedFile[],
  service: string,
  services: readonly string[],
): string[] {
  const conf = files.filter(({ path }) => path.endsWith(".conf")).map(({ content }) => content);
  const hosts = conf
    .flatMap((text) => [
      ...text.matchAll(/\b(?:server\s+|proxy_pass\s+https?:\/\/)([\w.-]+)[:/;]/g),
    ])
    .map(([, host]) => host!);
  return services.filter((name) => name !== service && hosts.includes(name)).sort();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
