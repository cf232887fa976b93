import { Redis } from "ioredis";
import { describeError, log } from "./log";
import type { RedisAddress } from "./redis-url";

const TIMEOUT = 3_000;

/** @throws Error when Redis cannot be reached or refuses the password. */
export async function openRedis(address: RedisAddress): Promise<Redis> {
  const { host, port, password, database } = address;
  const redis = new Redis({
    host,
    port,
    ...(password === undefined ? {} : { password }),
    db: database,
    lazyConnect: true,
    connectTimeout: TIMEOUT,
    commandTimeout: TIMEOUT,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  redis.on("error", (error) => log.warning(`redis: ${describeError(error)}`));
  await redis.connect();
  await redis.ping();
  return redis;
}
