import * as http from "node:http";
import * as https from "node:https";
import { isHttps, type Registry } from "./check";

/** A registry under its common name. */
export type Site = Pick<Registry, "url" | "caCertificate">;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** As it came. */
  readonly bytes: Buffer;
  /** The same as text. */
  readonly body: string;
}

/** What is asked besides the path. Default: a GET. */
export interface Question {
  /** @default POST with a form, else GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly content?: Buffer;
}

/** Where one node serves a site, and what a client has to know to trust it there. */
export function endpointOf(site: Site, address: string) {
  const secure = isHttps(site);
  return {
    host: address,
    port: Number(site.url.port || (secure ? 443 : 80)),
    ...(secure && { servername: site.url.hostname, ca: site.caCertificate }),
  };
}

/** Where somebody's name and password belong. */
export const basic = ({ name, password }: Registry["user"]) => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`,
});

/**
 * Asks one node, by its address, for what it serves under the common name: on a connection of its
 * own, with that name in the Host header (which `fetch` does not allow) and in the certificate.
 * @throws Error when there is no answer within ten seconds, and for a certificate that a client
 * would refuse.
 */
export function ask(
  site: Site,
  address: string,
  path: string,
  { method, headers, form, content }: Question = {},
): Promise<Answer> {
  const { request } = isHttps(site) ? https : http;
  const body = form ? Buffer.from(new URLSearchParams(form).toString()) : content;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...endpointOf(site, address),
        path,
        method: method ?? (form ? "POST" : "GET"),
        agent: false,
        timeout: 10_000,
        headers: {
          Host: site.url.host,
          ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
          ...(body && { "Content-Length": String(body.length) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const { statusCode: status = 0, headers: given } = response;
          resolve({ status, headers: given, bytes, body: bytes.toString("utf8") });
        });
        response.on("error", reject);
      },
    );
    call.on("timeout", () => {
      // As the kernel says of a connection that never came about.
      const code = call.socket?.connecting === false ? undefined : "ETIMEDOUT";
      const error = new Error(`no answer from ${address} within 10 s`);
      call.destroy(Object.assign(error, code && { code }));
    });
    call.on("error", reject);
    call.end(body);
  });
}

/**
 * Asks as `ask` does, but not again where there was no answer: each time may cost ten seconds.
 * @returns the function, which remembers
 */
export function askingOnce(): typeof ask {
  const silent = new Map<string, unknown>();
  return async (site, address, path, question) => {
    if (silent.has(address)) throw silent.get(address);
    return ask(site, address, path, question).catch((error: unknown) => {
      silent.set(address, error);
      throw error;
    });
  };
}
