import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Connection, Endpoint } from "./connection";
import { loginOf, logIn } from "./endpoint";

/** The first wait in milliseconds, its growth, and the longest one, as in the official plugin. */
const BACKOFF = { first: 100, factor: 1.5, longest: 5000 };

/** Takes a line about the progress of dialling. */
export type Status = (line: string) => void;

/**
 * Repeats an attempt until it succeeds, or has failed more than `limit` times.
 * @throws The last error, with the number of attempts.
 */
export async function withRetry<T>(
  what: string,
  limit: number,
  status: Status,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let failed = 0, wait = BACKOFF.first; ; failed++) {
    try {
      return await attempt();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (limit !== -1 && failed >= limit) {
        throw new Error(`after ${failed} failed attempts: ${message}`);
      }
      status(`${what} ${failed + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await sleep(wait);
    wait = Math.min(wait * BACKOFF.factor, BACKOFF.longest);
  }
}

const inProxy = (error: unknown) =>
  `proxy: ${error instanceof Error ? error.message : String(error)}`;

/** The bastion was not reached, or did not let us in, which says nothing of the host behind it. */
export class BastionError extends Error {
  constructor(error: unknown) {
    super(inProxy(error));
    this.name = "BastionError";
  }
}

/** The bastion waits for its own network's time, minutes for a host that is off. */
function forward(proxy: Client, { host, port, perDialTimeout }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const timer =
      perDialTimeout > 0 &&
      setTimeout(
        () => reject(new Error(`dial tcp ${host}:${port}: Connection timed out`)),
        perDialTimeout * 1000,
      );
    proxy.forwardOut("127.0.0.1", 0, host, Math.trunc(port), (error, stream) => {
      if (timer) clearTimeout(timer);
      if (error) reject(error);
      else resolve(stream);
    });
  });
}

/**
 * Runs `work` on an SSH connection to the host, through the bastion where there is one, and closes
 * the connection afterwards.
 */
export async function withClient<T>(
  connection: Connection,
  status: Status,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const login = await loginOf(connection);
  const { proxy, dialErrorLimit } = connection;
  if (!proxy) {
    const client = await withRetry("Dial", dialErrorLimit, status, () => logIn(login));
    return work(client).finally(() => client.end());
  }
  const proxyLogin = await loginOf(proxy).catch((error: unknown) => {
    throw new BastionError(error);
  });
  const proxyClient = await withRetry("Dial proxy", proxy.dialErrorLimit, status, () =>
    logIn(proxyLogin),
  ).catch((error: unknown) => {
    throw new BastionError(error);
  });
  try {
    const client = await withRetry("Dial from proxy", dialErrorLimit, status, async () =>
      logIn(login, await forward(proxyClient, connection)),
    ).catch((error: unknown) => {
      throw new Error(inProxy(error));
    });
    return await work(client).finally(() => client.end());
  } finally {
    proxyClient.end();
  }
}
