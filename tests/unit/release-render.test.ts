import fc from "fast-check";
import { HarborCfg, unwritable } from "../../release/harbor-cfg";
import { unreadableInEnv } from "../../release/env-file";
import { DIGEST_LABEL } from "../../release/compose";
import { variablesOf } from "../../release/template";
import { renderRelease, type ReleaseSettings } from "../../release/render";
import { releaseFiles, releaseSettings, RELEASES } from "./fixtures/releases";

type Name = (typeof RELEASES)[number];

function rendered(name: Name, changes: Partial<ReleaseSettings> = {}) {
  return renderRelease({ version: "1.5.9", files: releaseFiles(name) }, releaseSettings(changes));
}

function text(name: Name, path: string, changes: Partial<ReleaseSettings> = {}): string {
  const file = rendered(name, changes).find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`no ${path}`);
  return file.content;
}

const TLS = { protocol: "https", tls: { certificate: "chain\n", key: "Secret-tls\n" } } as const;

test("writes the folder's files and no others, sorted, all of them private", () => {
  const files = rendered("late-release", TLS);
  expect(files.map(({ path }) => path)).toEqual([
    "common/config/adminserver/env",
    "common/config/db/env",
    "common/config/jobservice/config.yml",
    "common/config/jobservice/env",
    "common/config/log/logrotate.conf",
    "common/config/nginx/cert/server.crt",
    "common/config/nginx/cert/server.key",
    "common/config/nginx/nginx.conf",
    "common/config/registry/config.yml",
    "common/config/registry/root.crt",
    "common/config/ui/app.conf",
    "common/config/ui/env",
    "common/config/ui/private_key.pem",
    "docker-compose.yml",
    "harbor.cfg",
  ]);
  expect(files.every(({ mode }) => mode === 0o600)).toBe(true);
});

test("a release with the database in its templates has it set there", () => {
  expect(text("early-release", "common/config/adminserver/env"))
    .toBe(`EXT_ENDPOINT=http://hub.example.com:8070
AUTH_MODE=db_auth
LDAP_SEARCH_DN=
LDAP_SEARCH_PWD=
MYSQL_HOST=db.example.com
MYSQL_PORT=3307
MYSQL_USR=harbor
MYSQL_PWD=Secret-database
MYSQL_DATABASE=hub
EMAIL_HOST=smtp.invalid
EMAIL_PWD=shipped
EMAIL_IDENTITY=
HARBOR_ADMIN_PASSWORD=Secret-admin
MAX_JOB_WORKERS=5
UI_SECRET=Secret-ui
JOBSERVICE_SECRET=Secret-jobservice
WITH_NOTARY=False
RESET=true
`);
  expect(text("early-release", "common/config/ui/env")).toBe(
    "UI_SECRET=Secret-ui\nJOBSERVICE_SECRET=Secret-jobservice\n" +
      "_REDIS_URL=redis.example.com:6379,100,Secret-redis,0\n",
  );
  expect(text("early-release", "harbor.cfg")).not.toMatch(/db_host|redis_url|reload_config/);
});

test("a release that asks harbor.cfg has it set there", () => {
  const cfg = HarborCfg.parse(text("late-release", "harbor.cfg"));
  expect(["db_host", "db_port", "db_user", "redis_url"].map((key) => cfg.get(key))).toEqual([
    "db.example.com",
    "3307",
    "harbor",
    "redis.example.com:6379,100,Secret-redis,0",
  ]);
  expect(cfg.toString().endsWith("#skip_reload_env_pattern=(^EMAIL.*)\nreload_config=true\n")).toBe(
    true,
  );
  const env = text("late-release", "common/config/adminserver/env");
  expect(env).toContain("EXT_ENDPOINT=http://hub.example.com:8070\n");
  expect(env).toContain("UI_URL=http://ui:8080\n");
  expect(env).toContain("MYSQL_DATABASE=hub\n");
  expect(env).toContain("RESET=true\n");
  expect(env).toContain("SKIP_RELOAD_ENV_PATTERN=$^\nRELOAD_KEY=reload-1\n");
});

test("a file that the design writes a secret into is secret, whatever its template names", () => {
  const files = releaseFiles("early-release");
  files.set("common/templates/ui/env", "LOG_LEVEL=debug\n");
  const env = renderRelease({ version: "1.1.9", files }, releaseSettings()).find(
    ({ path }) => path === "common/config/ui/env",
  );
  expect(env).toMatchObject({ secret: true });
  expect(env?.content).toBe(
    "LOG_LEVEL=debug\n_REDIS_URL=redis.example.com:6379,100,Secret-redis,0\n",
  );
});

test("no variable is left in what was rendered", () => {
  for (const name of RELEASES) {
    const left = rendered(name, TLS)
      .filter(({ path }) => !path.endsWith("app.conf"))
      .flatMap(({ content }) => variablesOf(content));
    // nginx's own variable, written $$host in the template.
    expect([...new Set(left)]).toEqual(["host"]);
  }
});

test("app.conf is taken over as it is", () => {
  expect(text("early-release", "common/config/ui/app.conf")).toBe("money = $ui_secret\n");
});

test("https uses the other proxy template, the pair, and port 443", () => {
  for (const name of RELEASES) {
    expect(text(name, "common/config/nginx/nginx.conf", TLS)).toContain(
      "ssl_certificate /etc/nginx/cert/server.crt; ssl_certificate_key /etc/nginx/cert/server.key;",
    );
    expect(text(name, "docker-compose.yml", TLS)).toContain('- "8070:443"\n');
    expect(text(name, "common/config/nginx/nginx.conf")).toContain("proxy_set_header Host $host;");
  }
});

test("the proxy finishes what was begun when it is stopped", () => {
  for (const name of RELEASES) {
    expect(text(name, "docker-compose.yml")).toContain("    stop_signal: SIGQUIT\n");
  }
});

describe("the registry's storage", () => {
  const storage = (extraKeys?: Record<string, string>) =>
    text("late-release", "common/config/registry/config.yml", extraKeys && { extraKeys }).split(
      "realm",
    )[0];

  test("is the folder of the container unless told otherwise", () => {
    expect(storage()).toBe("storage:\n  filesystem:\n    rootdirectory: /storage\n");
    expect(storage({ registry_storage_provider_config: "maxthreads:100" })).toBe(
      "storage:\n  filesystem:\n    rootdirectory: /storage\n    maxthreads: 100\n",
    );
  });

  test("may be another provider, whose keys make the file a secret", () => {
    const extraKeys = {
      registry_storage_provider_name: "s3",
      registry_storage_provider_config: "accesskey:A, secretkey: S",
    };
    expect(storage(extraKeys)).toBe("storage:\n  s3:\n    accesskey: A\n    secretkey: S\n");
    const secret = (changes: Partial<ReleaseSettings>) =>
      rendered("late-release", changes).find(({ path }) => path.endsWith("registry/config.yml"))!
        .secret;
    expect([secret({}), secret({ extraKeys })]).toEqual([false, true]);
  });
});

test("extra keys are set in place, or added where they are commented out", () => {
  const cfg = text("early-release", "harbor.cfg", {
    extraKeys: { ldap_searchdn: "uid=a", ldap_search_pwd: "p", auth_mode: "ldap_auth" },
  });
  expect(cfg).toContain("\nauth_mode = ldap_auth\n");
  expect(cfg.endsWith("\nldap_search_pwd=p\nldap_searchdn=uid=a\n")).toBe(true);
});

describe("the proxies to other networks", () => {
  const PROXY = {
    http: "http://user:Secret-proxy@proxy.example.com:3128",
    https: "",
    noProxy: "localhost,ui",
  };
  const KEYS = "http_proxy =\nhttps_proxy =\nno_proxy = 127.0.0.1,localhost,ui\n";
  const withKeys = (changes: Partial<ReleaseSettings>) => {
    const files = releaseFiles("late-release");
    files.set("harbor.cfg", files.get("harbor.cfg")! + KEYS);
    files.set("common/templates/log/logrotate.conf", "$http_proxy|$https_proxy|$no_proxy\n");
    const all = renderRelease({ version: "1.5.9", files }, releaseSettings(changes));
    return (path: string) => all.find((candidate) => candidate.path === path)!;
  };

  test("stand in the release's own keys, and what holds them is secret", () => {
    const file = withKeys({ proxy: PROXY });
    const cfg = HarborCfg.parse(file("harbor.cfg").content);
    expect(["http_proxy", "https_proxy", "no_proxy"].map((key) => cfg.get(key))).toEqual([
      PROXY.http,
      "",
      PROXY.noProxy,
    ]);
    expect(file("harbor.cfg").secret).toBe(true);
    expect(file("common/config/log/logrotate.conf")).toMatchObject({
      content: `${PROXY.http}||localhost,ui\n`,
      secret: true,
    });
  });

  test("are the release's own without the setting", () => {
    expect(withKeys({})("harbor.cfg").content).toContain(`\n${KEYS}`);
  });

  test("are left out of a release that has no such keys", () => {
    for (const name of RELEASES) expect(rendered(name, { proxy: PROXY })).toEqual(rendered(name));
  });

  test("are not set by harborConfig, with or without the setting", () => {
    for (const proxy of [PROXY, undefined]) {
      expect(() => withKeys({ proxy, extraKeys: { http_proxy: "http://x" } })).toThrow(
        "harborConfig.http_proxy: decided by the setting proxy.http",
      );
    }
  });
});

test("names every problem at once, and no value", () => {
  const render = () =>
    rendered("early-release", {
      protocol: "https",
      adminPassword: "Hidden ",
      uiSecret: "'Hidden'",
      extraKeys: {
        db_host: "Hidden",
        email_sever: "Hidden",
        ldap_searchdn: "Hidden",
        project_creation_restriction: "Hidden",
      },
    });
  expect(render).toThrow(
    expect.objectContaining({
      message: expect.not.stringContaining("Hidden") as string,
    }) as Error,
  );
  for (const problem of [
    "harbor_admin_password: the value begins or ends with a blank",
    "uiSecret: the value begins with a quote",
    "harborConfig.db_host: decided by the setting database.host",
    "harborConfig.email_sever: this release's harbor.cfg has no such key; near: email_server",
    "harborConfig.project_creation_restriction: allowed: everyone, adminonly",
    "common/templates/adminserver/env: no value for the variable ldap_search_pwd",
    "tls: the protocol https needs a certificate and its key",
  ]) {
    expect(render).toThrow(problem);
  }
});

test.each([
  ["ui_url_protocol", "the setting tls"],
  ["secretkey_path", "the setting cephfs"],
  ["harbor_admin_password", "this program"],
])("harborConfig.%s is said to be decided by what a stack has: %s", (key, by) => {
  expect(() => rendered("early-release", { extraKeys: { [key]: "x" } })).toThrow(
    `harborConfig.${key}: decided by ${by}`,
  );
});

test("says which variable of which template has no value", () => {
  const files = releaseFiles("late-release");
  files.set("common/templates/log/logrotate.conf", "size $log_rotate_size ${unheard_of}\n");
  const render = () => renderRelease({ version: "1.5.9", files }, releaseSettings());
  expect(render).toThrow("logrotate.conf: no value for the variable log_rotate_size");
  expect(render).toThrow("logrotate.conf: no value for the variable unheard_of");
});

test.each<[string, Record<string, string>, RegExp]>([
  ["PostgreSQL", { "common/templates/adminserver/env": "POSTGRESQL_HOST=x\n" }, /1\.6 and later/],
  ["harbor.yml", { "harbor.yml": "" }, /1\.8 and later/],
  ["neither", {}, /unknown generation/],
])("refuses a release of another generation: %s", (_, files, message) => {
  const release = { version: "1.7.8", files: new Map(Object.entries(files)) };
  expect(() => renderRelease(release, releaseSettings())).toThrow(message);
  expect(() => renderRelease(release, releaseSettings())).toThrow(/Harbor 1\.7\.8.*not supported/);
});

test("a job service with its jobs in Redis is told the address as a URL, in a file for root alone", () => {
  const redis = { url: "redis.example.com:6379,100,Secret^redis,2" };
  const compose = (name: (typeof RELEASES)[number]) =>
    rendered(name, { redis }).find(({ path }) => path === "docker-compose.yml")!;
  const late = compose("late-release");
  expect(late.content).toContain(
    'JOB_SERVICE_POOL_REDIS_URL: "redis://harbor:Secret%5Eredis@redis.example.com:6379/2"',
  );
  expect(late.secret).toBe(true);
  expect(compose("early-release")).toMatchObject({
    content: expect.not.stringContaining("JOB_SERVICE") as unknown,
    secret: false,
  });
});

describe("for any settings", () => {
  const SECRETS = [
    "adminPassword",
    "uiSecret",
    "jobserviceSecret",
    "tokenKey",
    "redis",
    "database",
    "tls",
  ] as const;
  const value = fc
    .string({ minLength: 1, unit: "binary" })
    .filter((text) => (unwritable(text) ?? unreadableInEnv(text)) === undefined);
  /** Long and of letters that the fixtures do not have in such a row, to be found if it leaks. */
  const secret = fc
    .string({ unit: fc.constantFrom(..."QXZJ$%&;:={}"), minLength: 12, maxLength: 24 })
    .filter((text) => unwritable(text) === undefined);
  const settings = fc.record({
    name: fc.constantFrom(...RELEASES),
    protocol: fc.constantFrom("http" as const, "https" as const),
    port: fc.integer({ min: 1, max: 65535 }),
    host: value,
    user: value,
    workers: value,
    secrets: fc.uniqueArray(secret, { minLength: SECRETS.length, maxLength: SECRETS.length }),
  });
  type Drawn = typeof settings extends fc.Arbitrary<infer T> ? T : never;

  function settingsWith(drawn: Drawn, secrets: readonly string[]): ReleaseSettings {
    const of = (name: (typeof SECRETS)[number]) => secrets[SECRETS.indexOf(name)]!;
    return releaseSettings({
      protocol: drawn.protocol,
      port: drawn.port,
      maxJobWorkers: drawn.workers,
      database: {
        host: drawn.host,
        port: "3306",
        user: drawn.user,
        password: of("database"),
        name: "hub",
      },
      redis: { url: `redis:6379,100,${of("redis")},0` },
      adminPassword: of("adminPassword"),
      uiSecret: of("uiSecret"),
      jobserviceSecret: of("jobserviceSecret"),
      tokenKey: `${of("tokenKey")}\n`,
      tls: { certificate: "chain\n", key: `${of("tls")}\n` },
    });
  }
  const render = (drawn: Drawn, secrets: readonly string[], visible = false) =>
    renderRelease(
      { version: "1.5.9", files: releaseFiles(drawn.name) },
      {
        ...settingsWith(drawn, secrets),
        ...(visible && { digestPlaceholder: (service: string) => `<digest of ${service}>` }),
      },
    );

  test("the same settings give the same bytes", () => {
    fc.assert(
      fc.property(settings, (drawn) => {
        expect(render(drawn, drawn.secrets)).toEqual(render(drawn, drawn.secrets));
      }),
    );
  });

  test("secrets are in secret files only", () => {
    fc.assert(
      fc.property(settings, (drawn) => {
        for (const file of render(drawn, drawn.secrets)) {
          if (file.secret) continue;
          for (const value of drawn.secrets) expect(file.content).not.toContain(value);
        }
      }),
    );
  });

  test("the text with placeholders is the real one, but for the digests", () => {
    const placeholders = SECRETS.map((name) => `<secret ${name}>`);
    const digest = new RegExp(`(${DIGEST_LABEL}: ).*`, "g");
    fc.assert(
      fc.property(settings, (drawn) => {
        const real = render(drawn, drawn.secrets);
        const visible = render(drawn, placeholders, true).map((file) => ({
          ...file,
          content: placeholders.reduce(
            (content, name, i) => content.replaceAll(name, () => drawn.secrets[i]!),
            file.content,
          ),
        }));
        const without = (files: typeof real) =>
          files.map((file) => ({ ...file, content: file.content.replaceAll(digest, "$1") }));
        expect(without(visible)).toEqual(without(real));
        const compose = visible.find(({ path }) => path === "docker-compose.yml")!.content;
        expect(compose).toContain(`${DIGEST_LABEL}: "<digest of proxy>"`);
        expect(compose).not.toMatch(new RegExp(`${DIGEST_LABEL}: "[0-9a-f]{16}"`));
      }),
    );
  });

  test("a changed secret changes the digests of the services that read it", () => {
    const labels = (changes: Partial<ReleaseSettings>) =>
      text("late-release", "docker-compose.yml", changes).match(/harbor-ha\.files: .*/g)!;
    const [before, after] = [labels({}), labels({ tokenKey: "another\n" })];
    // log, registry, adminserver, ui, jobservice, proxy
    expect(before.map((label, i) => label === after[i])).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
