import { z } from "zod";
import { flag, host, integer, isDnsName, needed, port, text } from "./fields";

/* Who keeps the common name's A records. */

const ttl = integer(1, 86400, "a time to live in seconds")
  .default(30)
  .describe("Seconds that clients keep an answer");

const rfc2136 = z.strictObject({
  provider: z.literal("rfc2136").describe("Dynamic updates (RFC 2136), signed with a TSIG key"),
  server: host.describe("The server that takes the updates"),
  port: port.default(53).describe("Its port"),
  zone: text("the zone that holds the hostname")
    .refine(isDnsName, "must be a zone's name, such as example.com")
    .describe("The zone that is updated"),
  ttl,
  healthChecks: flag
    .default(true)
    .describe(
      "Whether the nodes withdraw a record by themselves while its node serves nobody, and put it back",
    ),
  tsig: needed(
    z.strictObject({
      name: text("the TSIG key's name")
        .refine(isDnsName, "must be a TSIG key's name")
        .describe("The key's name, as the server knows it"),
      algorithm: z
        .enum(["hmac-sha256", "hmac-sha384", "hmac-sha512"], {
          error: "must be hmac-sha256, hmac-sha384 or hmac-sha512",
        })
        .default("hmac-sha256")
        .describe("The key's algorithm"),
      secret: text("the TSIG key's secret")
        .regex(/^[A-Za-z0-9+/]+={0,2}$/, "must be a TSIG secret in base64")
        .meta({ allowed: "base64" })
        .describe("The key's secret"),
    }),
  ).describe("The key that signs the updates"),
});

const manual = z.strictObject({
  provider: z.literal("manual").describe("Somebody else keeps the records; they are only printed"),
  ttl,
});

export const dns = z.discriminatedUnion("provider", [rfc2136, manual], {
  error: "must have a provider: rfc2136 or manual",
});
