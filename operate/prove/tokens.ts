import type { Check, Registry } from "./check";
import { ask, askingOnce, basic } from "./http";

const TOKENS = 30;
const SCOPE = "repository:library/proof:pull";

/**
 * A token of the node with that address.
 * @param scope what it is to allow, as a registry's challenge names it
 * @throws Error with the status, where there is none
 */
export async function tokenOf(
  registry: Omit<Registry, "nodes">,
  address: string,
  { scope = SCOPE, asking = ask } = {},
): Promise<string> {
  const query = `/service/token?service=harbor-registry&scope=${scope}`;
  const headers = basic(registry.user);
  const { status, body } = await asking(registry, address, query, { headers });
  if (status !== 200) throw new Error(`the token service answers ${String(status)}`);
  return (JSON.parse(body) as { token: string }).token;
}

/** Where a token goes. */
export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** Tokens of each node are accepted by the registries of the others. */
export const tokens: Check = {
  name: "tokens",
  remedy:
    "`verify` says which node has another token keypair, another clock or no service; `pulumi up` puts it right",
  async run(registry) {
    const { nodes } = registry;
    const refused = new Map<string, number>();
    const asking = askingOnce();
    let accepted = 0;
    for (let i = 0; i < TOKENS; i++) {
      const issuer = nodes[i % nodes.length]!;
      const step = 1 + (Math.floor(i / nodes.length) % Math.max(1, nodes.length - 1));
      const verifier = nodes[(i + step) % nodes.length]!;
      const outcome = await tokenOf(registry, issuer.address, { asking })
        .then((token) => asking(registry, verifier.address, "/v2/", { headers: bearer(token) }))
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
    const where = nodes.length > 1 ? ", each by another node than its own" : "";
    return `${String(accepted)} of ${String(TOKENS)} accepted${where}`;
  },
};
