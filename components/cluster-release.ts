import * as path from "node:path";
import { isSecretKey } from "../harbor/secret-keys";
import type { HiddenName, SettingsFor } from "./deployed-release";
import type { HarborClusterArgs } from "./harbor-cluster";
import { directHosts } from "./forward-proxy";
import type { RegistryAddress } from "./registry-address";
import { redisUrl } from "./session-store";

/** Where the release's log service writes on a node. */
export const LOG_DIR = "/var/log/harbor";

/** The further keys of harbor.cfg, as texts. */
function extraKeys({ harborConfig = {} }: HarborClusterArgs): [key: string, value: string][] {
  return Object.entries(harborConfig).map(([key, value]) => [key, String(value)]);
}

/** Of the further keys of harbor.cfg, those that are secrets, by the names that stand for them. */
export function hiddenKeys(args: HarborClusterArgs): Record<`harborConfig.${string}`, string> {
  const hidden = extraKeys(args).filter(([key]) => isSecretKey(key));
  return Object.fromEntries(hidden.map(([key, value]) => [`harborConfig.${key}`, value]));
}

/** The names of the hidden values that a cluster's release has. */
export function hiddenNames(args: HarborClusterArgs, address: RegistryAddress): HiddenName[] {
  return [
    ...["databasePassword", "redisPassword", "adminPassword"],
    ...["uiSecret", "jobserviceSecret", "reloadKey", "tokenKey", "tokenCertificate"],
    ...(address.protocol === "https" ? ["tlsCertificate", "tlsKey"] : []),
    ...(args.proxy?.http ? ["httpProxy"] : []),
    ...(args.proxy?.https ? ["httpsProxy"] : []),
    ...Object.keys(hiddenKeys(args)),
  ] as HiddenName[];
}

/** What the release is rendered from, for given values of its secrets, or what stands for them. */
export function releaseSettings(args: HarborClusterArgs, address: RegistryAddress): SettingsFor {
  const { cephfs, database, redis, proxy, maxJobWorkers = 10 } = args;
  const noProxy = proxy && directHosts(args);
  return (secrets) => ({
    hostname: address.registry,
    protocol: address.protocol,
    port: address.port,
    dataDir: path.posix.join(cephfs.mountPoint, cephfs.dataDirectory),
    logDir: LOG_DIR,
    maxJobWorkers: String(maxJobWorkers),
    database: {
      host: database.host,
      port: String(database.port),
      user: database.user,
      password: secrets.databasePassword,
      name: database.name,
    },
    redis: { url: redisUrl(redis, secrets.redisPassword) },
    adminPassword: secrets.adminPassword,
    uiSecret: secrets.uiSecret,
    jobserviceSecret: secrets.jobserviceSecret,
    reloadKey: secrets.reloadKey,
    tokenKey: secrets.tokenKey,
    tokenCertificate: secrets.tokenCertificate,
    ...(address.protocol === "https" && {
      tls: { certificate: secrets.tlsCertificate!, key: secrets.tlsKey! },
    }),
    ...(noProxy !== undefined && {
      proxy: { http: secrets.httpProxy ?? "", https: secrets.httpsProxy ?? "", noProxy },
    }),
    extraKeys: Object.fromEntries(
      extraKeys(args).map(([key, value]) => [key, secrets[`harborConfig.${key}`] ?? value]),
    ),
  });
}
