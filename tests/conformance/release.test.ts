import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { renderRelease, type ReleaseSettings } from "../../release/render";

/**
 * Compares rendered releases with what the releases' own `prepare` wrote. The releases are no part
 * of the project: HARBOR_RELEASES names their folder, VERSION/harbor/** and VERSION/prepared/NAME/**.
 */
const RELEASES = resolve(
  process.env["HARBOR_RELEASES"] ?? join(__dirname, "../../../shared/harbor-releases"),
);
/** Files that describe a prepared folder, not part of what prepare wrote. */
const DESCRIPTION = "settings.json";
/** What a description says besides harbor.cfg's own keys, and keys that the design decides. */
const DESIGNED =
  /^(hostname|protocol|(mysql|redis)_.*|max_job_workers|harbor_admin_password|secretkey_path|ssl_cert(_key)?|(ui|jobservice)_secret|reload_key)$/;

function filesBelow(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const child = join(path, name);
      if (statSync(child).isDirectory()) walk(child);
      else found.set(relative(folder, child), readFileSync(child, "utf8"));
    }
  };
  walk(folder);
  return found;
}

function preparedFolders(): { name: string; harbor: string; prepared: string }[] {
  if (!existsSync(RELEASES)) return [];
  return readdirSync(RELEASES).flatMap((version) => {
    const prepared = join(RELEASES, version, "prepared");
    if (!existsSync(prepared)) return [];
    return readdirSync(prepared).map((name) => ({
      name: `${version} ${name}`,
      harbor: join(RELEASES, version, "harbor"),
      prepared: join(prepared, name),
    }));
  });
}

function settingsOf(prepared: ReadonlyMap<string, string>): ReleaseSettings {
  const given = JSON.parse(prepared.get(DESCRIPTION)!) as Record<string, string>;
  const text = (key: string): string => {
    const value = given[key];
    if (value === undefined) throw new Error(`${DESCRIPTION} has no ${key}`);
    return value;
  };
  const certificate = prepared.get("common/config/nginx/cert/server.crt");
  const key = prepared.get("common/config/nginx/cert/server.key");
  return {
    hostname: text("hostname"),
    protocol: text("protocol") === "https" ? "https" : "http",
    port: Number(text("hostname").split(":")[1] ?? "80"),
    dataDir: text("secretkey_path"),
    maxJobWorkers: text("max_job_workers"),
    database: {
      host: text("mysql_host"),
      port: text("mysql_port"),
      user: text("mysql_user"),
      password: text("mysql_password"),
      name: "registry",
    },
    redis: {
      url: `${text("redis_host")}:${text("redis_port")},${text("redis_pool")},${text("redis_password")},${text("redis_db")}`,
    },
    adminPassword: text("harbor_admin_password"),
    uiSecret: text("ui_secret"),
    jobserviceSecret: text("jobservice_secret"),
    reloadKey: given["reload_key"] ?? "reloadkey",
    tokenKey: prepared.get("common/config/ui/private_key.pem")!,
    tokenCertificate: prepared.get("common/config/registry/root.crt")!,
    ...(certificate !== undefined && key !== undefined && { tls: { certificate, key } }),
    extraKeys: Object.fromEntries(Object.entries(given).filter(([name]) => !DESIGNED.test(name))),
  };
}

const folders = preparedFolders();

if (folders.length === 0) {
  // Said aloud, because a conformance run that compares nothing looks like one that passed.
  console.warn(`No prepared releases below ${RELEASES}; set HARBOR_RELEASES to compare with some.`);
  test.skip("no prepared releases to compare with", () => undefined);
} else {
  describe.each(folders)("$name", ({ harbor, prepared }) => {
    const expected = filesBelow(prepared);
    const settings = settingsOf(expected);
    expected.delete(DESCRIPTION);
    const rendered = renderRelease({ version: "0.0.0", files: filesBelow(harbor) }, settings);
    const written = rendered.filter(({ path }) => path !== "docker-compose.yml");

    test("writes the files that prepare writes, no more and no fewer", () => {
      expect(written.map(({ path }) => path)).toEqual([...expected.keys()].sort());
    });

    test.each(written)("$path is the same to the byte", ({ path, content }) => {
      expect(content).toBe(expected.get(path));
    });

    test("has the secrets in secret files only", () => {
      const secrets = [
        settings.database.password,
        settings.redis.url,
        settings.adminPassword,
        settings.uiSecret,
        settings.jobserviceSecret,
        settings.tokenKey,
      ];
      const open = rendered.filter(({ secret }) => !secret);
      expect(open.filter(({ content }) => secrets.some((s) => content.includes(s)))).toEqual([]);
    });
  });
}
