import { request } from "node:http";
import { pipeline } from "node:stream/promises";
import { describeError, log } from "../log";
import type { RawHandler } from "../router";

/** Where the proxy sends what is for the registry: from Harbor 1.5 on it goes through the ui. */
export const REGISTRY_PREFIX = "/registryproxy";

/** Passes requests on to the registry, with the client's own headers, and answers back as they come. */
export function registryProxy(address: () => Promise<string>): RawHandler {
  return async (incoming, outgoing) => {
    try {
      const { hostname, port } = new URL(await address());
      const path = incoming.url?.slice(REGISTRY_PREFIX.length);
      const { method, headers } = incoming;
      const passed = request({ hostname, port, method, path, headers, agent: false });
      const answered = new Promise<void>((resolve, reject) => {
        passed.on("error", reject);
        passed.on("response", (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          pipeline(answer, outgoing).then(resolve, reject);
        });
      });
      await Promise.all([pipeline(incoming, passed), answered]);
    } catch (error) {
      log.error(`${incoming.method} ${incoming.url}: ${describeError(error)}`);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    }
  };
}
