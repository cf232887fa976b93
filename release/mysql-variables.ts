import { isSecretKey } from "../harbor/secret-keys";
import type { HarborCfg } from "./harbor-cfg";
import type { ReleaseSettings } from "./release-settings";

/** Variables whose name is not that of the harbor.cfg key they come from. */
const KEY_OF: Readonly<Record<string, string>> = {
  email_host: "email_server",
  email_port: "email_server_port",
  email_usr: "email_username",
  email_pwd: "email_password",
  pg_password: "clair_db_password",
  storage_provider_name: "registry_storage_provider_name",
};

/** What a key stands for where harbor.cfg leaves it out or comments it out. */
const DEFAULTS: Readonly<Record<string, string>> = {
  ldap_searchdn: "",
  ldap_filter: "",
  admiral_url: "",
  redis_url: "",
  reload_config: "false",
  // A pattern that matches nothing.
  skip_reload_env_pattern: "$^",
};

/** Where the services of a release reach each other, once it stopped writing that into its templates. */
const INTERNAL: Readonly<Record<string, string>> = {
  adminserver_url: "http://adminserver:8080",
  registry_url: "http://registry:5000",
  token_service_url: "http://ui:8080/service/token",
  jobservice_url: "http://jobservice:8080",
  clair_url: "http://clair:6060",
  notary_url: "http://notary-server:4443",
};

/** Answers what a template's variable stands for; undefined for one that nothing gives a value. */
export function variableLookup(
  cfg: HarborCfg,
  settings: ReleaseSettings,
  asked: ReadonlySet<string>,
): (name: string) => string | undefined {
  const publicUrl = `${cfg.get("ui_url_protocol")}://${cfg.get("hostname")}`;
  const computed: Readonly<Record<string, string | undefined>> = {
    ...INTERNAL,
    public_url: publicUrl,
    // The name went over to the internal address when public_url came.
    ui_url: asked.has("public_url") ? "http://ui:8080" : publicUrl,
    ui_secret: settings.uiSecret,
    jobservice_secret: settings.jobserviceSecret,
    reload_key: cfg.get("reload_config") === "true" ? settings.reloadKey : "",
    // Python's way to write them; neither component is deployed.
    with_notary: "False",
    with_clair: "False",
    ssl_cert: containerPath(cfg.get("ssl_cert")),
    ssl_cert_key: containerPath(cfg.get("ssl_cert_key")),
    // The bind password counts only with the name it belongs to.
    ldap_search_pwd: cfg.get("ldap_searchdn") === undefined ? "" : cfg.get("ldap_search_pwd"),
    storage_provider_info: storageSection(cfg),
  };
  return (name) =>
    Object.hasOwn(computed, name)
      ? computed[name]
      : (cfg.get(KEY_OF[name] ?? name) ??
        (Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : undefined));
}

/** Whether a variable's value is a secret; by its name, so that the answer holds for any value. */
export function isSecretVariable(name: string, cfg: HarborCfg): boolean {
  if (name === "storage_provider_info") {
    // Anything but the file system comes with an access key.
    return cfg.get("registry_storage_provider_name") !== "filesystem";
  }
  // A proxy's address may hold a password.
  return /^https?_proxy$/.test(name) || isSecretKey(name);
}

/** The file names that the proxy's pair has in the release folder, as ssl_cert and its key say. */
export function proxyPairPaths(cfg: HarborCfg): { certificate: string; key: string } {
  const name = (path: string | undefined, otherwise: string) =>
    path?.split("/").at(-1) || otherwise;
  return {
    certificate: `nginx/cert/${name(cfg.get("ssl_cert"), "server.crt")}`,
    key: `nginx/cert/${name(cfg.get("ssl_cert_key"), "server.key")}`,
  };
}

function containerPath(path: string | undefined): string | undefined {
  return path === undefined ? undefined : `/etc/nginx/cert/${path.split("/").at(-1)}`;
}

/** The storage section of the registry's configuration, indented for the place it goes to. */
function storageSection(cfg: HarborCfg): string | undefined {
  const name = cfg.get("registry_storage_provider_name");
  const given = cfg.get("registry_storage_provider_config");
  if (name === undefined || given === undefined) return undefined;
  // YAML wants a blank after the colon; only the first is looked after.
  let config = given.replace(":", ": ");
  if (name === "filesystem" && !config.includes("rootdirectory:")) {
    config = ["rootdirectory: /storage", ...(config === "" ? [] : [config])].join(",");
  }
  return [`${name}:`, ...config.split(",").map((part) => part.trim())].join("\n    ");
}
