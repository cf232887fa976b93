/** Where a Redis is, and what it wants to hear. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined: the server wants none. */
  readonly password: string | undefined;
  readonly database: number;
}

/**
 * Reads `_REDIS_URL`: `host:port,poolsize,password,dbindex`, the last three optional. A password
 * with a comma is cut at it: the format knows no quoting.
 * @throws Error without a host and a port.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [address = "", , password, database] = text.split(",");
  const match = /^(.+):(\d+)$/.exec(address.trim());
  if (!match) throw new Error("_REDIS_URL begins with host:port");
  return {
    host: match[1] ?? "",
    port: Number(match[2]),
    password: password === undefined || password === "" ? undefined : password,
    database: /^\d+$/.test(database ?? "") ? Number(database) : 0,
  };
}
