export interface SessionStoreAddress {
  readonly host: string;
  readonly port: number;
  readonly poolSize: number;
  /** Undefined: the server wants none. */
  readonly password: string | undefined;
  readonly database: number;
}

const DEFAULT_POOL = 100;

function wholeNumber(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : otherwise;
}

/**
 * Reads `_REDIS_URL`: `host:port,poolsize,password,dbindex`, the last three optional. A password
 * with a comma is cut at it: the format knows no quoting.
 * @throws Error without a host and a port.
 */
export function parseRedisUrl(text: string): SessionStoreAddress {
  const [address = "", poolSize, password, database] = text.split(",");
  const match = /^(.+):(\d+)$/.exec(address.trim());
  if (!match) throw new Error("_REDIS_URL begins with host:port");
  return {
    host: match[1] ?? "",
    port: Number(match[2]),
    poolSize: wholeNumber(poolSize, DEFAULT_POOL),
    password: password === undefined || password === "" ? undefined : password,
    database: wholeNumber(database, 0),
  };
}
