import { parse } from "yaml";
import type { RedisAddress } from "../redis-url";

export interface JobserviceConfig {
  readonly port: number;
  /** How many jobs may run at a time. */
  readonly workers: number;
  readonly redis: RedisAddress;
  readonly namespace: string;
  readonly logFolder: string;
  /** Without a slash at its end. */
  readonly adminserver: string;
}

const SCHEME = "redis://";

/**
 * The URL that the jobservice makes of a `redis_url`. A text that begins like a URL of any scheme is
 * taken for one, and a host name before a colon looks like a scheme: so in Harbor 1.5 the form with
 * commas works for an IP address only, and with a name `NAME:6379,100,password,0` stays whole and
 * names no port (goharbor/harbor#6090).
 */
export function jobserviceRedisUrl(text: string): string {
  if (text.startsWith(SCHEME)) return text;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return SCHEME + text;
  const [address = "", , password = "", database = ""] = text.split(",");
  const account = password.trim() === "" ? "" : `arbitrary_username:${password}@`;
  return SCHEME + account + address + (/^\d+$/.test(database) ? `/${database}` : "");
}

/** @throws Error that does not repeat the text, which may hold a password. */
function parseAddress(text: string): RedisAddress {
  try {
    const url = new URL(jobserviceRedisUrl(text));
    return {
      host: url.hostname,
      port: Number(url.port || 6379),
      password: url.password === "" ? undefined : decodeURIComponent(url.password),
      database: Number(/^\/(\d+)$/.exec(url.pathname)?.[1] ?? 0),
    };
  } catch {
    throw new Error("config.yml: worker_pool.redis_pool.redis_url has no host and port");
  }
}

interface File {
  readonly protocol?: string;
  readonly port?: number;
  readonly worker_pool?: {
    readonly workers?: number;
    readonly backend?: string;
    readonly redis_pool?: { readonly redis_url?: string; readonly namespace?: string };
  };
  readonly logger?: { readonly path?: string };
  readonly admin_server?: string;
}

/**
 * Reads the jobservice's config.yml; environment variables, where set, win over it.
 * @throws Error for what it cannot work with.
 */
export function parseJobserviceConfig(text: string, env: NodeJS.ProcessEnv): JobserviceConfig {
  // Not pretty, as a pretty error quotes the lines around it, and with them the password.
  const file = (parse(text, { prettyErrors: false }) ?? {}) as File;
  const pool = file.worker_pool ?? {};
  const protocol = env.JOB_SERVICE_PROTOCOL || file.protocol;
  if (protocol !== "http") throw new Error("config.yml: protocol: a stand-in knows http only");
  const port = Number(env.JOB_SERVICE_PORT || file.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error("config.yml: port is not between 1 and 65535");
  }
  if ((env.JOB_SERVICE_POOL_BACKEND || pool.backend) !== "redis") {
    throw new Error("config.yml: worker_pool.backend is not redis");
  }
  const redisUrl = env.JOB_SERVICE_POOL_REDIS_URL || pool.redis_pool?.redis_url;
  if (!redisUrl) throw new Error("config.yml: worker_pool.redis_pool.redis_url is missing");
  const namespace = env.JOB_SERVICE_POOL_REDIS_NAMESPACE || pool.redis_pool?.namespace;
  if (!namespace) throw new Error("config.yml: worker_pool.redis_pool.namespace is missing");
  const logFolder = env.JOB_SERVICE_LOGGER_BASE_PATH || file.logger?.path;
  if (!logFolder) throw new Error("config.yml: logger.path is missing");
  return {
    port,
    workers: Math.max(1, Number(env.JOB_SERVICE_POOL_WORKERS || pool.workers) || 1),
    redis: parseAddress(redisUrl),
    namespace: namespace.replace(/:$/, ""),
    logFolder,
    adminserver: (env.ADMINSERVER_URL || file.admin_server || "").replace(/\/+$/, ""),
  };
}
