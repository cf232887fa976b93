import * as net from "node:net";
import { z } from "zod";
import type { Problem } from "./errors";
import { isDnsName } from "./fields";
import type { Given } from "./given";

/* The HTTP proxy through which the nodes pull images. */

/** Characters of a user and a password that neither a URL nor an env file takes for its own. */
const USER = String.raw`(?:[A-Za-z0-9._~!*+=,-]|%[0-9A-Fa-f]{2})+`;
const URL_FORM = new RegExp(`^http://(?:${USER}(?::${USER})?@)?([^:/@]+):(\\d{1,5})$`);

function isProxyUrl(text: string): boolean {
  const [, host, port] = URL_FORM.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65535) return false;
  return net.isIPv4(host) || isDnsName(host);
}

/** Whether a proxy's URL carries a password, be it a valid one or not. */
export function carriesPassword(url: string): boolean {
  return /^(?:[a-z]+:\/\/)?[^:@]*:(?!\/\/).*@/is.test(url);
}

const url = z
  .string({ error: "must be a proxy's URL" })
  .refine(
    isProxyUrl,
    "must be a proxy's URL as http://[user:password@]host:port, such as http://proxy.example.com:3128; in user and password other characters than letters, digits and . _ ~ ! * + = , - are written as %XX",
  )
  .meta({ allowed: "http://[user:password@]host:port" })
  .optional();

export const proxy = z.strictObject({
  http: url.describe("For http URLs; a secret when it carries a password"),
  https: url.describe("For https URLs; a secret when it carries a password"),
  noProxy: z
    .array(
      z
        .string({ error: "must be a text" })
        .regex(
          /^[A-Za-z0-9.*:_/-]+$/,
          "must be one host, domain, address or network in CIDR notation, such as .example.com or 10.0.0.0/8",
        ),
      { error: "must be a list of hosts, domains, addresses and networks" },
    )
    .meta({ allowed: "list of hosts, domains, addresses and networks" })
    .default([])
    .describe("What is reached without the proxy"),
});

/** A proxy that names none. */
export function proxyProblems({ proxy: given }: Given): Problem[] {
  return typeof given === "object" && given !== null && !("http" in given || "https" in given)
    ? [{ setting: "proxy", message: "must have http, https or both" }]
    : [];
}
