import { installer } from "./fixtures/cluster";
import { restarted, restartedBy } from "../../review/restarts";
import { renderRelease, type ReleaseSettings } from "../../release/render";

const SETTINGS: ReleaseSettings = {
  hostname: "hub.example.com:8070",
  protocol: "http",
  port: 8070,
  dataDir: "/mnt/cephfs/harbor/data",
  maxJobWorkers: "10",
  database: {
    host: "db.example.com",
    port: "3306",
    user: "harbor",
    password: "{{ databasePassword }}",
    name: "registry",
  },
  redis: { url: "redis.example.com:6379,100,{{ redisPassword }},0" },
  adminPassword: "{{ adminPassword }}",
  uiSecret: "{{ uiSecret }}",
  jobserviceSecret: "{{ jobserviceSecret }}",
  reloadKey: "{{ reloadKey }}",
  tokenKey: "{{ tokenKey }}",
  tokenCertificate: "{{ tokenCertificate }}",
  digestPlaceholder: (service) => `{{ digest of the files of ${service} }}`,
};

/** The files as a preview shows them. */
function shown(settings: Partial<ReleaseSettings> = {}) {
  return renderRelease(installer(), { ...SETTINGS, ...settings });
}

/** The services whose real digest or definition becomes another one: what docker-compose goes by. */
function recreated(settings: Partial<ReleaseSettings>): string[] {
  const services = (of: Partial<ReleaseSettings>) => {
    const files = renderRelease(installer(), { ...SETTINGS, ...of, digestPlaceholder: undefined! });
    const text = files.find(({ path }) => path === "docker-compose.yml")!.content;
    return new Map(
      [...text.matchAll(/^ {2}(\w+):\n((?: {4}.*\n)*)/gm)].map(([, name, body]) => [name!, body]),
    );
  };
  const [before, after] = [services({}), services(settings)];
  return [...after].filter(([name, body]) => before.get(name) !== body).map(([name]) => name);
}

test("the same files restart nothing", () => {
  expect(restarted(shown(), shown())).toEqual([]);
});

test.each<[string, Partial<ReleaseSettings>]>([
  ["the number of job workers", { maxJobWorkers: "20" }],
  ["the database's host", { database: { ...SETTINGS.database, host: "db2.example.com" } }],
  ["Redis's address", { redis: { url: "redis2.example.com:6379,100,{{ redisPassword }},0" } }],
  ["the published port", { port: 8080, hostname: "hub.example.com:8080" }],
  ["the data folder", { dataDir: "/mnt/other/data" }],
])("another %s restarts what docker-compose will recreate", (_, change) => {
  const services = restarted(shown(), shown(change));
  expect(services.length).toBeGreaterThan(0);
  expect(services).toEqual(recreated(change).sort());
});

test("a hidden value restarts what reads it, and what asks that", () => {
  expect(restartedBy(["redisPassword"], shown())).toEqual(
    recreated({ redis: { url: "redis.example.com:6379,100,another,0" } }).sort(),
  );
  const pair = { tokenKey: "another", tokenCertificate: "another" };
  expect(restartedBy(["tokenKey", "tokenCertificate"], shown())).toEqual(recreated(pair).sort());
  expect(restartedBy(["nobodyReadsIt"], shown())).toEqual([]);
  expect(restartedBy([], shown())).toEqual([]);
});
