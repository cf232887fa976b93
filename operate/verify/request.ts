import type { Verification } from "../../components/verification";
import { type Host, stepOn } from "../hosts";

/** Where a release has the token keypair, in its folder. */
export const TOKEN_KEY = "common/config/ui/private_key.pem";
export const TOKEN_CERTIFICATE = "common/config/registry/root.crt";

/** The path of a release's file on a node. */
export function currentPath({ folders }: Verification, file: string): string {
  return `${folders.install}/current/${file}`;
}

/** The step `verify` on a node. */
export function verifyRequest(declared: Verification, host: Host) {
  const { nodes, address, release, folders, dns, certificate } = declared;
  const parameters = {
    PEERS: nodes
      .filter(({ name }) => name !== host.node)
      .map((peer) => `${peer.name}=${peer.address}`)
      .join(" "),
    DOMAIN: address.hostname,
    PORT: address.port,
    PROTOCOL: address.protocol,
    PROJECT: declared.project,
    INSTALL_DIR: folders.install,
    LOG_DIR: folders.logs,
    MOUNT_POINT: folders.mountPoint,
    DATA_DIRECTORY: folders.data,
    SERVICES: release.services.join(" "),
    IMAGES: release.images.join(" "),
    PATHS: declared.files.map(({ path }) => path).join(" "),
    UNITS: declared.units.join(" "),
    TOKEN_KEY: currentPath(declared, TOKEN_KEY),
    TOKEN_CERTIFICATE: currentPath(declared, TOKEN_CERTIFICATE),
    DNS_PROVIDER: dns.provider,
    DNS_SERVER: dns.server ?? "",
    DNS_PORT: dns.port ?? "",
  };
  return stepOn(host, "verify", parameters, certificate && { certificate_pin: certificate.pin });
}
