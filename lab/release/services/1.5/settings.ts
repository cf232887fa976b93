import { SETTINGS as EARLIER } from "../1.1/settings";
import { fromEnvironment, type Configuration, type SettingTable } from "../configuration";

/** Settings of 1.1 that are by now taken from the environment at each start. */
const NOW_REPEATED = [
  "mysql_host",
  "mysql_port",
  "mysql_username",
  "mysql_database",
  "registry_url",
  "token_service_url",
];

const ADDED: SettingTable = {
  ldap_verify_cert: { env: "LDAP_VERIFY_CERT", kind: "switch" },
  ldap_group_base_dn: { env: "LDAP_GROUP_BASEDN", kind: "text" },
  ldap_group_search_filter: { env: "LDAP_GROUP_FILTER", kind: "text" },
  ldap_group_attribute_name: { env: "LDAP_GROUP_GID", kind: "text" },
  ldap_group_search_scope: { env: "LDAP_GROUP_SCOPE", kind: "number" },
  email_insecure: { env: "EMAIL_INSECURE", kind: "switch" },
  with_clair: { env: "WITH_CLAIR", kind: "switch", repeated: true },
  clair_db_password: { env: "CLAIR_DB_PASSWORD", kind: "text", secret: true, repeated: true },
  clair_db_host: { env: "CLAIR_DB_HOST", kind: "text", repeated: true },
  clair_db_port: { env: "CLAIR_DB_PORT", kind: "number", repeated: true },
  clair_db_username: { env: "CLAIR_DB_USERNAME", kind: "text", repeated: true },
  clair_db: { env: "CLAIR_DB", kind: "text" },
  uaa_endpoint: { env: "UAA_ENDPOINT", kind: "text", repeated: true },
  uaa_client_id: { env: "UAA_CLIENTID", kind: "text", repeated: true },
  uaa_client_secret: { env: "UAA_CLIENTSECRET", kind: "text", secret: true, repeated: true },
  uaa_verify_cert: { env: "UAA_VERIFY_CERT", kind: "switch", repeated: true },
  ui_url: { env: "UI_URL", kind: "text", repeated: true },
  jobservice_url: { env: "JOBSERVICE_URL", kind: "text", repeated: true },
  clair_url: { env: "CLAIR_URL", kind: "text", repeated: true },
  notary_url: { env: "NOTARY_URL", kind: "text", repeated: true },
  registry_storage_provider_name: {
    env: "REGISTRY_STORAGE_PROVIDER_NAME",
    kind: "text",
    repeated: true,
  },
  read_only: { env: "READ_ONLY", kind: "switch" },
  reload_key: { env: "RELOAD_KEY", kind: "text" },
};

export const SETTINGS: SettingTable = {
  ...Object.fromEntries(
    Object.entries(EARLIER)
      // A replication target says for itself whether its certificate is checked.
      .filter(([name]) => name !== "verify_remote_cert")
      .map(([name, setting]) => [
        name,
        NOW_REPEATED.includes(name) ? { ...setting, repeated: true as const } : setting,
      ]),
  ),
  ...ADDED,
};

/** The LDAP scope counts from 0 to 2 here. */
function withScope(configuration: Configuration): Configuration {
  const scope = Number(configuration.ldap_scope);
  return { ...configuration, ldap_scope: Math.min(Math.max(scope, 0), 2) };
}

/** Matches nothing where the pattern is empty or not a regular expression. */
function skipped(pattern = ""): (env: string) => boolean {
  if (pattern.trim() === "") return () => false;
  try {
    const expression = new RegExp(pattern.trim());
    return (env) => expression.test(env);
  } catch {
    return () => false;
  }
}

/** Whether this start is to take every setting from the environment: once for each RELOAD_KEY. */
export function isReset(stored: Configuration | undefined, env: NodeJS.ProcessEnv): boolean {
  return env.RESET?.toLowerCase() === "true" && (env.RELOAD_KEY ?? "") !== stored?.reload_key;
}

/**
 * What is to be stored at a start of the adminserver. Unless it is a reset, the environment gives
 * only the settings that each start takes anew, and those that nothing is stored for.
 * @param stored what an earlier start stored; undefined at the first start.
 */
export function atStart(stored: Configuration | undefined, env: NodeJS.ProcessEnv): Configuration {
  const reset = isReset(stored, env);
  const skip = skipped(env.SKIP_RELOAD_ENV_PATTERN);
  const given = fromEnvironment(SETTINGS, env, (name, setting) =>
    reset ? !skip(setting.env) : setting.repeated === true || stored?.[name] === undefined,
  );
  return withScope({ ...stored, ...given });
}

/** What a config.json of an earlier release says, in this release's terms. Secrets stay as they are. */
export function takenOver(earlier: Configuration): Configuration {
  const scope = Number(earlier.ldap_scope);
  // Up to 1.2 the scope counted from 1 to 3.
  return withScope({ ...earlier, ldap_scope: scope > 0 && scope < 3 ? scope - 1 : scope });
}
