import { z } from "zod";
import { integer, pem } from "./fields";

/* How clients' connections are protected. What the texts in PEM must be is checked in certificates.ts. */

export const VALIDITY_DAYS = 397;
export const RENEW_BEFORE_DAYS = 30;

const none = z.strictObject({
  source: z.literal("none").describe("Plain HTTP"),
});

const provided = z.strictObject({
  source: z.literal("provided").describe("HTTPS with a certificate of yours"),
  certificate: pem("the certificate in PEM").describe(
    "The server's certificate for `hostname`, then the intermediate ones in the order of issue",
  ),
  key: pem("the certificate's private key in PEM").describe(
    "Its key: RSA or EC, in PKCS#8, PKCS#1 or SEC1, not encrypted",
  ),
  ca: pem("a CA's certificate in PEM")
    .optional()
    .describe("The CA that clients have to trust; left out where they trust it anyway"),
});

const privateCa = z.strictObject({
  source: z.literal("private-ca").describe("HTTPS with a certificate of a CA that is made here"),
  validityDays: integer(1, 825, "a validity in days")
    .default(VALIDITY_DAYS)
    .describe("How long the server's certificate is valid"),
  renewBeforeDays: integer(1, 365, "a time in days")
    .default(RENEW_BEFORE_DAYS)
    .describe("Days before its end from which a deployment renews it; fewer than `validityDays`"),
});

export const tls = z.discriminatedUnion("source", [none, provided, privateCa], {
  error: "must have a source: none, provided or private-ca",
});

export const tokenKeypair = z.strictObject({
  privateKey: pem("the private key in PEM")
    .optional()
    .describe(
      "Of a pair that is there already: RSA in PKCS#1 (`BEGIN RSA PRIVATE KEY`), of at least 2048 bits (`ui/private_key.pem`)",
    ),
  certificate: pem("the key's certificate in PEM")
    .optional()
    .describe("Its certificate (`registry/root.crt`); one needs the other"),
  rotation: integer(1, 1_000_000, "a rotation's number")
    .optional()
    .describe(
      "The number of a pair that is made here, the first is 1: one more makes another pair, to which all nodes switch together",
    ),
});
