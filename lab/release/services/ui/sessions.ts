import { randomBytes } from "node:crypto";
import { parseCookies } from "../cookie";
import { describeError, log } from "../log";
import { openRedis } from "../redis";
import { parseRedisUrl } from "../redis-url";

export const SESSION_COOKIE = "beegosessionID";
const LIFE = 3_600;

/** The Set-Cookie value of a new session; without an id, the one that ends it. */
export function sessionCookie(id?: string): string {
  if (id === undefined) return `${SESSION_COOKIE}=; Path=/; HttpOnly; Max-Age=0`;
  return `${SESSION_COOKIE}=${id}; Path=/; HttpOnly`;
}

/** The session id in a Cookie header; undefined where there is none that we could have made. */
export function sessionId(header: string | undefined): string | undefined {
  const id = parseCookies(header).get(SESSION_COOKIE);
  return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? id : undefined;
}

interface Store {
  get(id: string): Promise<string | null>;
  set(id: string, value: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
}

/** Sessions of this process alone: another node, or this one after a restart, knows none of them. */
export class MemoryStore implements Store {
  private readonly values = new Map<string, { readonly value: string; readonly until: number }>();

  get(id: string): Promise<string | null> {
    const kept = this.values.get(id);
    return Promise.resolve(kept && kept.until > Date.now() ? kept.value : null);
  }

  set(id: string, value: string): Promise<unknown> {
    for (const [old, { until }] of this.values) if (until <= Date.now()) this.values.delete(old);
    return Promise.resolve(this.values.set(id, { value, until: Date.now() + LIFE * 1_000 }));
  }

  remove(id: string): Promise<unknown> {
    return Promise.resolve(this.values.delete(id));
  }
}

async function redisStore(url: string): Promise<Store> {
  const redis = await openRedis(parseRedisUrl(url));
  return {
    get: (id) => redis.get(id),
    set: (id, value) => redis.setex(id, LIFE, value),
    remove: (id) => redis.del(id),
  };
}

/** Who is logged in. With the store out of reach nobody is, and nobody is told why. */
export class Sessions {
  constructor(private readonly store: Store) {}

  /** Sessions in Redis where `_REDIS_URL` is set, else in memory. */
  static async open(redisUrl: string | undefined): Promise<Sessions> {
    log.info(`sessions in ${redisUrl ? "redis" : "memory"}`);
    return new Sessions(redisUrl ? await redisStore(redisUrl) : new MemoryStore());
  }

  /** The user of a request's session. */
  async userId(cookieHeader: string | undefined): Promise<number | undefined> {
    const id = sessionId(cookieHeader);
    if (id === undefined) return undefined;
    try {
      const value = await this.store.get(id);
      return value === null ? undefined : (JSON.parse(value) as { userId: number }).userId;
    } catch (error) {
      log.error(`session not read: ${describeError(error)}`);
      return undefined;
    }
  }

  /** Starts a session and returns its id. */
  async start(userId: number, username: string): Promise<string> {
    const id = randomBytes(16).toString("hex");
    try {
      await this.store.set(id, JSON.stringify({ userId, username }));
    } catch (error) {
      log.error(`session not written: ${describeError(error)}`);
    }
    return id;
  }

  async end(cookieHeader: string | undefined): Promise<void> {
    const id = sessionId(cookieHeader);
    if (id === undefined) return;
    try {
      await this.store.remove(id);
    } catch (error) {
      log.error(`session not removed: ${describeError(error)}`);
    }
  }
}
