import type { Check, Finding, Look } from "../check";
import { redo } from "../check";

/** Whether a node serves: what it says itself, or, where it cannot be asked, what the others see of it. */
function serves(name: string, { seen }: Look): boolean {
  const accepts = (among: Look["seen"]) =>
    among.some(({ facts }) =>
      facts.all("token").some(([peer, status]) => peer === name && status === "200"),
    );
  const node = seen.find((other) => other.name === name);
  if (node === undefined) return accepts(seen);
  return node.facts.one("health")[0] === "ok" && accepts([node]);
}

/** The name's addresses and who says them; a sentence where nobody can. */
function answerOf({ declared, seen, resolved }: Look) {
  const { dns } = declared;
  if (dns.provider === "manual") {
    return { by: "this machine's resolver", ...(resolved ?? { problem: "nobody was asked" }) };
  }
  const by = `${dns.server!}:${dns.port!}`;
  const answers = seen.filter(({ facts }) => facts.unknown("dns") === undefined);
  if (seen.length > 0 && answers.length === 0) {
    return { by, problem: seen[0]!.facts.unknown("dns")! };
  }
  const addresses = answers.flatMap(({ facts }) => facts.one("dns")[0]?.split(" ") ?? []);
  return { by, addresses: [...new Set(addresses)].filter(Boolean) };
}

/** The name stands for the nodes that serve, and for no other address. */
export const dns: Check = {
  name: "dns",
  judge: (look) => {
    const { declared } = look;
    const { hostname } = declared.address;
    const manual = declared.dns.provider === "manual";
    const answer = answerOf(look);
    if ("problem" in answer) {
      return [
        {
          mark: "unknown",
          found: `${hostname}: ${answer.problem}`,
          declared: `an A record for each node that serves, from ${answer.by}`,
          remedy: manual
            ? "make the records that the output dnsRecords names"
            : "mend the server, or dns.*",
        },
      ];
    }
    const { addresses, by } = answer;
    const nodes = declared.nodes.flatMap(({ name, address }): Finding[] => {
      const published = addresses.includes(address);
      // Of a node that nobody could ask and that has no record there is nothing to be said.
      if (published === serves(name, look)) return [];
      const record = `${hostname} A ${address}`;
      return [
        published
          ? {
              node: name,
              mark: "record",
              found: `${by} has ${record}, but the node does not serve`,
              declared: "records of the nodes that serve alone",
              remedy: manual
                ? `take ${record} away until the node serves`
                : "bring the node back (see its other rows), or take it out of nodes",
            }
          : {
              node: name,
              mark: "no record",
              found: `the node serves, but ${by} has no ${record}`,
              declared: record,
              remedy: manual ? `add ${record}` : redo(name, "start"),
            },
      ];
    });
    const known = declared.nodes.map(({ address }) => address);
    const foreign = addresses
      .filter((address) => !known.includes(address))
      .map((address) => ({
        mark: "foreign",
        found: `${by} has ${hostname} A ${address}, which is no node's address`,
        declared: "records of the nodes alone",
        remedy: `take the record away${manual ? "" : ", with nsupdate and the TSIG key"}`,
      }));
    return [...nodes, ...foreign];
  },
};
