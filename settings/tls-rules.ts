import { tlsProblems } from "./certificates";
import type { Problem } from "./errors";
import { isDnsName } from "./fields";
import { field, type Given, textAt } from "./given";
import { RENEW_BEFORE_DAYS, VALIDITY_DAYS } from "./tls";
import { completenessProblems, tokenKeypairProblems } from "./token-keypair";

/** Problems of the certificates and keys that are given. */
export function certificateProblems(given: Given, now: Date): Problem[] {
  const { tls, tokenKeypair } = given;
  const hostname = textAt(given, "hostname");
  const provided = field(tls, "source") === "provided" ? tls : undefined;
  return [
    ...tlsProblems(
      {
        certificate: textAt(provided, "certificate"),
        key: textAt(provided, "key"),
        ca: textAt(provided, "ca"),
      },
      // A hostname that is none has its own message.
      hostname !== undefined && isDnsName(hostname) ? hostname : undefined,
      now,
    ),
    ...tokenKeypairProblems(
      {
        privateKey: textAt(tokenKeypair, "privateKey"),
        certificate: textAt(tokenKeypair, "certificate"),
      },
      now,
    ),
    ...completenessProblems(tokenKeypair),
  ];
}

/** A certificate that would be due for renewal from its first day. */
export function renewalProblems(given: Given): Problem[] {
  if (field(given.tls, "source") !== "private-ca") return [];
  const validity = Number(field(given.tls, "validityDays") ?? VALIDITY_DAYS);
  const before = Number(field(given.tls, "renewBeforeDays") ?? RENEW_BEFORE_DAYS);
  return before >= validity
    ? [
        {
          setting: "tls.renewBeforeDays",
          message: `is ${before}, which must be less than tls.validityDays, ${validity}`,
        },
      ]
    : [];
}
