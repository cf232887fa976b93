import { unreadableInEnv } from "./env-file";
import { HarborCfg, unwritable } from "./harbor-cfg";
import { nearNames } from "../near-names";
import type { ReleaseSettings } from "./release-settings";

/** Where a release that reads its certificate from harbor.cfg finds it; prepare keeps the names. */
const CERTIFICATE_FILE = "cert/server.crt";
const CERTIFICATE_KEY_FILE = "cert/server.key";

/** A harbor.cfg key that the design decides. */
interface DesignedKey {
  /** Undefined where the release's own value stays. */
  value: string | undefined;
  /** The stack's setting to change for it; undefined where there is none. */
  setting: string | undefined;
}

/** The keys that the design decides, whether or not a release has them all. */
function designedKeys(settings: ReleaseSettings): Record<string, DesignedKey> {
  const { database, dataDir, proxy } = settings;
  const key = (value: string | undefined, setting?: string): DesignedKey => ({ value, setting });
  return {
    hostname: key(settings.hostname, "hostname"),
    ui_url_protocol: key(settings.protocol, "tls"),
    max_job_workers: key(settings.maxJobWorkers, "maxJobWorkers"),
    // A keypair made on each node would make the registry of one refuse the tokens of another.
    customize_crt: key("off", "tokenKeypair"),
    ssl_cert: key(`${dataDir}/${CERTIFICATE_FILE}`, "tls"),
    ssl_cert_key: key(`${dataDir}/${CERTIFICATE_KEY_FILE}`, "tls"),
    secretkey_path: key(dataDir, "cephfs"),
    harbor_admin_password: key(settings.adminPassword),
    db_host: key(database.host, "database.host"),
    db_port: key(database.port, "database.port"),
    db_user: key(database.user, "database.user"),
    db_password: key(database.password, "database.password"),
    redis_url: key(settings.redis.url, "redis"),
    // Without it a release goes on with the settings that it kept from an earlier start.
    reload_config: key("true"),
    http_proxy: key(proxy?.http, "proxy.http"),
    https_proxy: key(proxy?.https, "proxy.https"),
    no_proxy: key(proxy?.noProxy, "proxy.noProxy"),
  };
}

/**
 * The release's harbor.cfg with the design's and the extra keys in it. A key that it has is set in
 * its place; one that only its templates ask for is added; one of neither is left out.
 */
export function designedCfg(
  shipped: HarborCfg,
  settings: ReleaseSettings,
  asked: ReadonlySet<string>,
  problem: (what: string) => void,
): HarborCfg {
  const designed = designedKeys(settings);
  let cfg = shipped;
  for (const [key, { value, setting }] of Object.entries(designed)) {
    if (value === undefined) continue;
    const why = unwritable(value);
    if (why !== undefined) problem(`${setting ?? key}: the value ${why}`);
    else if (shipped.get(key) !== undefined || asked.has(key)) cfg = cfg.with(key, value);
  }
  const known = shipped.knownKeys();
  for (const [key, value] of Object.entries(settings.extraKeys ?? {}).sort()) {
    const why = unwritable(value) ?? unreadableInEnv(value);
    if (Object.hasOwn(designed, key)) {
      const { setting } = designed[key]!;
      const by = setting === undefined ? "this program" : `the setting ${setting}`;
      problem(`harborConfig.${key}: decided by ${by}`);
    } else if (!known.includes(key)) {
      const near = nearNames(key, known);
      const hint = near.length > 0 ? `; near: ${near.join(", ")}` : "";
      problem(`harborConfig.${key}: this release's harbor.cfg has no such key${hint}`);
    } else if (why !== undefined) {
      problem(`harborConfig.${key}: the value ${why}`);
    } else {
      cfg = cfg.with(key, value);
    }
  }
  return cfg;
}

/**
 * What goes into the env files' templates, for releases that have it written out there instead of
 * taking it from harbor.cfg. Template below common/templates → variable → value.
 */
export function designedEnv(settings: ReleaseSettings): Record<string, Record<string, string>> {
  const { database } = settings;
  return {
    "adminserver/env": {
      MYSQL_HOST: database.host,
      MYSQL_PORT: database.port,
      MYSQL_USR: database.user,
      MYSQL_PWD: database.password,
      MYSQL_DATABASE: database.name,
      RESET: "true",
    },
    // Without a shared session store a login holds on the node that took it only.
    "ui/env": { _REDIS_URL: settings.redis.url },
  };
}

/** What env files could not carry, by the setting to change. */
export function envProblems(settings: ReleaseSettings, problem: (what: string) => void): void {
  const { database } = settings;
  const carried: Record<string, string> = {
    "database.host": database.host,
    "database.port": database.port,
    "database.user": database.user,
    "database.password": database.password,
    "database.name": database.name,
    "redis.url": settings.redis.url,
    adminPassword: settings.adminPassword,
    uiSecret: settings.uiSecret,
    jobserviceSecret: settings.jobserviceSecret,
    reloadKey: settings.reloadKey,
  };
  for (const [setting, value] of Object.entries(carried)) {
    const why = unreadableInEnv(value);
    if (why !== undefined) problem(`${setting}: the value ${why}`);
  }
  for (const setting of ["database.name", "uiSecret", "jobserviceSecret", "reloadKey"]) {
    const why = unwritable(carried[setting]!);
    if (why !== undefined) problem(`${setting}: the value ${why}`);
  }
}
