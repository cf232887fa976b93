import type { Check, Deployment } from "./check";
import { ask } from "./http";

const TOKENS = 30;
const QUERY = "/service/token?service=harbor-registry&scope=repository:library/proof:pull";

/** A token of the node with that address, for the administrator. */
export async function tokenOf(deployment: Deployment, address: string): Promise<string> {
  const credentials = Buffer.from(`admin:${deployment.adminPassword}`).toString("base64");
  const { status, body } = await ask(deployment, address, QUERY, {
    headers: { Authorization: `Basic ${credentials}` },
  });
  if (status !== 200) throw new Error(`the token service answers ${String(status)}`);
  return (JSON.parse(body) as { token: string }).token;
}

/** Tokens of each node are accepted by the registries of the others. */
export const tokens: Check = {
  name: "tokens",
  async run(deployment) {
    const { nodes } = deployment.lab;
    const refused = new Map<string, number>();
    let accepted = 0;
    for (let i = 0; i < TOKENS; i++) {
      const issuer = nodes[i % nodes.length]!;
      const step = 1 + (Math.floor(i / nodes.length) % Math.max(1, nodes.length - 1));
      const verifier = nodes[(i + step) % nodes.length]!;
      const outcome = await tokenOf(deployment, issuer.address)
        .then((token) =>
          ask(deployment, verifier.address, "/v2/", {
            headers: { Authorization: `Bearer ${token}` },
          }),
        )
        .then(
          ({ status }) => (status === 200 ? "" : String(status)),
          (error: Error) => error.message,
        );
      const what = `a token of ${issuer.name} at ${verifier.name}: ${outcome}`;
      if (outcome === "") accepted++;
      else refused.set(what, (refused.get(what) ?? 0) + 1);
    }
    if (refused.size > 0) {
      const list = [...refused].map(([what, times]) => `${what} (${String(times)} times)`);
      throw new Error(
        `${String(TOKENS - accepted)} of ${String(TOKENS)} refused\n${list.join("\n")}`,
      );
    }
    return `${String(accepted)} of ${String(TOKENS)} accepted, each by another node than its own`;
  },
};
