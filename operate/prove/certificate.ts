import { once } from "node:events";
import { connect } from "node:tls";
import { type Check, isHttps, onEach } from "./check";
import { endpointOf, type Site } from "./http";

/** What a client learns of the certificate that one node shows. */
export interface ShownCertificate {
  readonly fingerprint: string;
  readonly issuer: string;
  readonly expires: Date;
}

/**
 * The certificate of a node, verified as a client verifies it: its chain, its dates and its name.
 * @throws Error that says what a client would refuse.
 */
export async function shownCertificate(site: Site, address: string): Promise<ShownCertificate> {
  const socket = connect({ ...endpointOf(site, address), timeout: 10_000 });
  try {
    socket.on("timeout", () => socket.destroy(new Error(`no answer from ${address} within 10 s`)));
    await once(socket, "secureConnect");
    const { fingerprint256, issuer, valid_to: expires } = socket.getPeerCertificate();
    const name = [issuer.CN ?? issuer.O ?? "an authority without a name"].flat().join(" ");
    return { fingerprint: fingerprint256, issuer: name, expires: new Date(expires) };
  } finally {
    socket.destroy();
  }
}

/** Every node shows the same certificate, for the common name, of an authority that clients trust. */
export const certificate: Check = {
  name: "certificate",
  remedy: "`pulumi up` where a node was left behind; else change tls.* and deploy",
  appliesTo: isHttps,
  async run({ nodes, ...site }) {
    const shown = new Map<string, ShownCertificate>();
    await onEach(nodes, async ({ name, address }) => {
      shown.set(name, await shownCertificate(site, address));
    });
    const [first, ...others] = [...shown.values()];
    if (others.some(({ fingerprint }) => fingerprint !== first!.fingerprint)) {
      const list = [...shown].map(([name, { fingerprint }]) => `${name}: ${fingerprint}`);
      throw new Error(`the nodes show different certificates\n${list.sort().join("\n")}`);
    }
    const day = first!.expires.toISOString().slice(0, 10);
    return `${site.url.hostname}, of ${first!.issuer}, expires ${day}; verified on ${[...shown.keys()].sort().join(", ")}`;
  },
};
