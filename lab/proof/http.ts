import * as http from "node:http";
import * as https from "node:https";
import { type Deployment, isHttps } from "./check";

/** A registry under its common name. */
export type Site = Pick<Deployment, "url" | "caCertificate">;

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
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
  options: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly form?: Readonly<Record<string, string>>;
  } = {},
): Promise<Answer> {
  const { headers, form } = options;
  const { request } = isHttps(site) ? https : http;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...endpointOf(site, address),
        path,
        method: form ? "POST" : "GET",
        agent: false,
        timeout: 10_000,
        headers: {
          Host: site.url.host,
          ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
          ...headers,
        },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
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
    call.end(form && new URLSearchParams(form).toString());
  });
}
