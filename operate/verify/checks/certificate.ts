import { type Check, type NodeFinding, onEachNode, redo } from "../check";

const DAY = 24 * 3_600_000;
/** A person has to have the time to act. */
const DAYS_LEFT = 14;

const RENEW =
  "renew it: pulumi up --replace '**::proxy-certificate' with a private CA, or put the new one into tls.certificate and tls.key";

/** What is wrong with an end of validity; nothing with one that is far off or cannot be read. */
function expiryFinding(expiry: number, now: Date, whose: string): NodeFinding[] {
  const days = Math.floor((expiry - now.getTime()) / DAY);
  if (!(days < DAYS_LEFT)) return [];
  const end = new Date(expiry).toISOString().slice(0, 10);
  return [
    {
      mark: days < 0 ? "expired" : `${days} days`,
      found: `${whose} ${days < 0 ? "ended" : "ends"} on ${end}`,
      declared: `a certificate that is valid for at least ${DAYS_LEFT} days more`,
      remedy: RENEW,
    },
  ];
}

/** The proxies serve the declared key, with a certificate that does not end soon. */
export const certificate: Check = {
  name: "certificate",
  appliesTo: (declared) => declared.certificate !== undefined,
  judge: (look) => {
    const { declared, now } = look;
    const nodes = onEachNode(["certificate"], ({ facts, name }) => {
      const [state, served = ""] = facts.one("certificate");
      const key =
        state === undefined || state === "ok"
          ? []
          : [
              {
                mark: "another key",
                found: "the proxy serves another certificate's key",
                declared: "the key of this stack's certificate",
                remedy: redo(name, "start"),
              },
            ];
      return [...key, ...expiryFinding(Date.parse(served), now, "the certificate that is served")];
    });
    const own = expiryFinding(
      Date.parse(declared.certificate!.expiry),
      now,
      "the declared certificate",
    );
    return [...nodes(look), ...own];
  },
};
