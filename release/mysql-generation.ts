import { Compose } from "./compose";
import { fileDigests } from "./digests";
import type { Generation, Release } from "./generations";
import { HarborCfg } from "./harbor-cfg";
import { designedCfg, envProblems } from "./mysql-configuration";
import { askedVariables, editedTemplates, renderTemplates } from "./mysql-templates";
import { proxyPairPaths } from "./mysql-variables";
import { ReleaseError } from "./release-error";
import type { ReleaseSettings, RenderedFile } from "./release-settings";

const CONFIG = "common/config/";

/** What the external database and session store take the place of. */
const REPLACED_SERVICES = ["mysql", "redis"];

/**
 * Where a release has its jobs in Redis, its job service takes the address there for a URL whose
 * scheme is the host's name, unless the host is an IP address (goharbor/harbor#6090). Its environment
 * goes before that file.
 */
const JOB_QUEUE = "common/config/jobservice/config.yml";
const JOB_QUEUE_URL = "JOB_SERVICE_POOL_REDIS_URL";

/**
 * Every container of this generation starts as root and hands its files to its own user where it has
 * one, and env files are read by docker-compose, so nothing needs to be readable to others.
 */
const PRIVATE = 0o600;

/** Harbor 1.1 to 1.5: harbor.cfg, templates in Python's string.Template, records in MySQL. */
export const mysqlGeneration: Generation = {
  name: "mysql",
  describes: ({ files }) =>
    /^MYSQL_HOST=/m.test(files.get("common/templates/adminserver/env") ?? ""),
  render(release, settings) {
    const problems: string[] = [];
    const problem = (what: string) => problems.push(what);
    const templates = editedTemplates(release, settings, problem);
    envProblems(settings, problem);
    const shipped = HarborCfg.parse(release.files.get("harbor.cfg") ?? "");
    const cfg = designedCfg(shipped, settings, askedVariables(templates), problem);
    checkCfg(cfg, problem);
    const files = [
      file("harbor.cfg", cfg.toString(), true),
      ...renderTemplates(templates, cfg, settings, problem).map(({ name, content, secret }) =>
        file(CONFIG + name, content, secret),
      ),
      ...pairs(cfg, settings, problem),
    ];
    if (problems.length > 0) throw ReleaseError.of(problems);
    return [...files, composeFile(release, settings, files)];
  },
};

/** The token service's pair in place of the shipped one, and the proxy's for https. */
function pairs(
  cfg: HarborCfg,
  settings: ReleaseSettings,
  problem: (what: string) => void,
): RenderedFile[] {
  const token = [
    file(`${CONFIG}ui/private_key.pem`, settings.tokenKey, true),
    file(`${CONFIG}registry/root.crt`, settings.tokenCertificate, false),
  ];
  if (settings.protocol === "http") return token;
  if (settings.tls === undefined) {
    problem("tls: the protocol https needs a certificate and its key");
    return token;
  }
  const { certificate, key } = proxyPairPaths(cfg);
  return [
    ...token,
    file(CONFIG + certificate, settings.tls.certificate, false),
    file(CONFIG + key, settings.tls.key, true),
  ];
}

/** What a release's own prepare refuses. */
function checkCfg(cfg: HarborCfg, problem: (what: string) => void): void {
  for (const key of ["hostname", "ui_url_protocol", "harbor_admin_password"]) {
    if (cfg.get(key) === undefined) problem(`installer: harbor.cfg has no key ${key}`);
  }
  const restriction = cfg.get("project_creation_restriction");
  if (restriction !== undefined && !["everyone", "adminonly"].includes(restriction)) {
    problem("harborConfig.project_creation_restriction: allowed: everyone, adminonly");
  }
  if (cfg.get("auth_mode") === "uaa_auth" && cfg.get("uaa_ca_root") !== undefined) {
    problem(
      "harborConfig.auth_mode: uaa_auth is not supported with this release, which needs a " +
        "certificate file on each node for it",
    );
  }
}

function composeFile(
  release: Release,
  settings: ReleaseSettings,
  files: readonly RenderedFile[],
): RenderedFile {
  const compose = Compose.parse(release.files.get("docker-compose.yml") ?? "");
  compose.edit({
    replaced: REPLACED_SERVICES,
    folders: { "/data": settings.dataDir, "/var/log/harbor": settings.logDir ?? "/var/log/harbor" },
    published: {
      service: "proxy",
      host: settings.port,
      // The redirect from 80 to https is not published: the address that clients use names one port.
      container: settings.protocol === "https" ? 443 : 80,
      // nginx drops every connection on docker's SIGTERM.
      stopSignal: "SIGQUIT",
    },
  });
  const queue = files.some(({ path }) => path === JOB_QUEUE);
  if (queue) compose.setEnvironment("jobservice", JOB_QUEUE_URL, queueUrl(settings.redis.url));
  for (const [service, digest] of fileDigests(compose, files)) {
    compose.label(service, settings.digestPlaceholder?.(service) ?? digest);
  }
  return file("docker-compose.yml", compose.toString(), queue);
}

/** Redis's address as a URL, of "host:port,poolsize,password,dbindex". */
function queueUrl(address: string): string {
  const [host, , password = "", database] = address.split(",");
  // The one character of the allowed ones that Go's URLs refuse.
  return `redis://harbor:${password.replaceAll("^", "%5E")}@${host}/${database}`;
}

function file(path: string, content: string, secret: boolean): RenderedFile {
  return { path, content, secret, mode: PRIVATE };
}
