import { fromEnvironment, type Configuration, type SettingTable } from "../configuration";

export const SETTINGS: SettingTable = {
  ext_endpoint: { env: "EXT_ENDPOINT", kind: "text", repeated: true },
  auth_mode: { env: "AUTH_MODE", kind: "text" },
  self_registration: { env: "SELF_REGISTRATION", kind: "switch" },
  database_type: { env: "DATABASE_TYPE", kind: "text" },
  mysql_host: { env: "MYSQL_HOST", kind: "text" },
  mysql_port: { env: "MYSQL_PORT", kind: "number" },
  mysql_username: { env: "MYSQL_USR", kind: "text" },
  mysql_password: { env: "MYSQL_PWD", kind: "text", secret: true, repeated: true },
  mysql_database: { env: "MYSQL_DATABASE", kind: "text" },
  ldap_url: { env: "LDAP_URL", kind: "text" },
  ldap_search_dn: { env: "LDAP_SEARCH_DN", kind: "text" },
  ldap_search_password: { env: "LDAP_SEARCH_PWD", kind: "text", secret: true },
  ldap_base_dn: { env: "LDAP_BASE_DN", kind: "text" },
  ldap_filter: { env: "LDAP_FILTER", kind: "text" },
  ldap_uid: { env: "LDAP_UID", kind: "text" },
  ldap_scope: { env: "LDAP_SCOPE", kind: "number" },
  ldap_timeout: { env: "LDAP_TIMEOUT", kind: "number" },
  email_host: { env: "EMAIL_HOST", kind: "text" },
  email_port: { env: "EMAIL_PORT", kind: "number" },
  email_username: { env: "EMAIL_USR", kind: "text" },
  email_password: { env: "EMAIL_PWD", kind: "text", secret: true },
  email_ssl: { env: "EMAIL_SSL", kind: "switch" },
  email_from: { env: "EMAIL_FROM", kind: "text" },
  email_identity: { env: "EMAIL_IDENTITY", kind: "text" },
  registry_url: { env: "REGISTRY_URL", kind: "text" },
  token_service_url: { env: "TOKEN_SERVICE_URL", kind: "text" },
  token_expiration: { env: "TOKEN_EXPIRATION", kind: "number" },
  cfg_expiration: { env: "CFG_EXPIRATION", kind: "number", repeated: true },
  max_job_workers: { env: "MAX_JOB_WORKERS", kind: "number", repeated: true },
  verify_remote_cert: { env: "VERIFY_REMOTE_CERT", kind: "switch" },
  project_creation_restriction: { env: "PROJECT_CREATION_RESTRICTION", kind: "text" },
  admin_initial_password: { env: "HARBOR_ADMIN_PASSWORD", kind: "text", secret: true },
  admiral_url: { env: "ADMIRAL_URL", kind: "text", repeated: true },
  with_notary: { env: "WITH_NOTARY", kind: "switch", repeated: true },
};

/**
 * What is to be stored at a start of the adminserver.
 * @param stored what an earlier start stored; undefined at the first start.
 */
export function atStart(stored: Configuration | undefined, env: NodeJS.ProcessEnv): Configuration {
  const all = stored === undefined || env.RESET === "true";
  return {
    ...stored,
    ...fromEnvironment(SETTINGS, env, (_, { repeated }) => all || repeated === true),
  };
}
