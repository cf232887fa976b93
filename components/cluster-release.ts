import * as path from "node:path";
import { isSecretKey } from "../harbor/secret-keys";
import { type DeployedRelease, LOG_DIR, deployedRelease } from "./deployed-release";
import type { HarborClusterArgs } from "./harbor-cluster";
import type { SessionStore } from "./session-store";
import type { SharedSecrets } from "./shared-secrets";
import type { TokenKeypair } from "./token-keypair";

/** The release's files for this cluster: what is shown of them, and what lands. */
export function clusterRelease(
  args: HarborClusterArgs,
  port: number,
  keypair: TokenKeypair,
  secrets: SharedSecrets,
  sessions: SessionStore,
): DeployedRelease {
  const { hostname, installer, cephfs, database } = args;
  const { maxJobWorkers = 10, harborConfig = {} } = args;
  const keys = Object.entries(harborConfig).map(([key, value]) => [key, String(value)] as const);
  const hidden = keys.filter(([key]) => isSecretKey(key));
  return deployedRelease(
    installer,
    (values) => ({
      hostname: port === 80 ? hostname : `${hostname}:${port}`,
      protocol: "http",
      port,
      dataDir: path.posix.join(cephfs.mountPoint, cephfs.dataDirectory),
      maxJobWorkers: String(maxJobWorkers),
      database: {
        host: database.host,
        port: String(database.port),
        user: database.user,
        password: values.databasePassword,
        name: database.name,
      },
      redis: { url: sessions.urlWith(values.redisPassword) },
      adminPassword: values.adminPassword,
      uiSecret: values.uiSecret,
      jobserviceSecret: values.jobserviceSecret,
      reloadKey: values.reloadKey,
      tokenKey: values.tokenKey,
      tokenCertificate: values.tokenCertificate,
      logDir: LOG_DIR,
      extraKeys: Object.fromEntries(
        keys.map(([key, value]) => [key, values[`harborConfig.${key}`] ?? value]),
      ),
    }),
    {
      databasePassword: database.password,
      redisPassword: sessions.password,
      adminPassword: secrets.adminPassword,
      uiSecret: secrets.uiSecret,
      jobserviceSecret: secrets.jobserviceSecret,
      reloadKey: secrets.reloadKey,
      tokenKey: keypair.privateKey,
      tokenCertificate: keypair.certificate,
      ...Object.fromEntries(hidden.map(([key, value]) => [`harborConfig.${key}`, value])),
    },
  );
}
