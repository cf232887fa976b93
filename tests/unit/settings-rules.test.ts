import { readSettings } from "../../settings";
import {
  asEngine,
  problems,
  failure,
  read,
  type Given,
  VALID,
  withSetting,
} from "./fixtures/settings";

const RFC2136 = {
  provider: "rfc2136",
  server: "ns1.example.com",
  zone: "example.com",
  tsig: { name: "harbor-ha", secret: "c2VjcmV0" },
};

test("fills in every default", () => {
  const { ssh, ...settings } = read(VALID);
  expect({ ...settings, ssh: { ...ssh, privateKey: "…" } }).toEqual({
    hostname: "hub.example.com",
    port: 8070,
    tls: { source: "none" },
    release: { version: "1.1.2", installer: "./harbor.tgz" },
    images: { source: "installer" },
    nodes: [
      { name: "hub1", address: "192.0.2.11" },
      { name: "hub2", address: "192.0.2.12" },
    ],
    ssh: { user: "root", port: 22, privateKey: "…", dialAttempts: 30 },
    clients: [],
    cephfs: {
      monitors: ["ceph1.example.com:6789"],
      fileSystem: "cephfs",
      path: "/",
      client: "harbor",
      key: `${"A".repeat(38)}==`,
      mountPoint: "/mnt/cephfs",
      driver: "kernel",
      dataDirectory: "harbor/data",
    },
    database: {
      kind: "mysql",
      host: "db.example.com",
      port: 3306,
      name: "registry",
      user: "harbor",
      password: "database-password",
    },
    redis: {
      host: "redis.example.com",
      port: 6379,
      password: "redis-password",
      database: 0,
      poolSize: 100,
    },
    dns: { provider: "manual", ttl: 30 },
    rollout: { maxUnavailable: 1, drainTimeout: 30 },
    maxJobWorkers: 10,
    harborConfig: {},
    installPackages: true,
    protect: false,
    healthTimeout: 300,
  });
});

test("fills in the defaults of dynamic updates", () => {
  expect(read({ ...VALID, dns: RFC2136 }).dns).toEqual({
    ...RFC2136,
    port: 53,
    ttl: 30,
    healthChecks: true,
    tsig: { ...RFC2136.tsig, algorithm: "hmac-sha256" },
  });
});

test("takes numbers and flags as texts, as `pulumi config set` writes them", () => {
  const settings = read({ ...VALID, port: "80", protect: "true", installPackages: false });
  expect(settings).toMatchObject({ port: 80, protect: true, installPackages: false });
});

test("a hostname is in its zone however the two are spelt", () => {
  const given = { ...VALID, hostname: "Hub.Example.com", dns: RFC2136 };
  expect(read(given).hostname).toBe("Hub.Example.com");
});

const NODES = VALID["nodes"] as Given[];

test.each<[setting: string, value: unknown, message: RegExp]>([
  ["hostname", undefined, /^is required: the DNS name/],
  ["hostname", "", /^is required: the DNS name/],
  ["hostname", "192.0.2.11", /an address of a node cannot be shared/],
  ["hostname", "hub", /must be a DNS name such as hub\.example\.com/],
  ["hostname", "https://hub.example.com", /no port, scheme or path/],
  ["hostname", "hub.example.com:8070", /no port, scheme or path/],
  ["hostname", "-hub.example.com", /must be a DNS name/],
  ["port", 0, /must be a TCP port: a whole number from 1 to 65535/],
  ["port", 65536, /must be a TCP port/],
  ["port", 80.5, /must be a TCP port/],
  ["port", "eighty", /must be a TCP port/],
  ["release", undefined, /^is required: a Harbor release such as 1\.1\.2/],
  ["release.version", "latest", /must be a Harbor release such as 1\.1\.2/],
  ["release.version", "0.5.0", /cannot deploy; it knows Harbor 1\.1 to 1\.5/],
  ["release.version", "1.0.0", /which this program cannot deploy/],
  ["release.installer", "", /is required: the path or https URL of the release's installer/],
  ["release.sha256", "abc", /must be a SHA-256 sum: 64 lower-case/],
  ["tls", "https", /must have a source: none, provided or private-ca/],
  ["tls", { source: "acme" }, /must have a source: none, provided or private-ca/],
  ["tls", { source: "private-ca", validityDays: 826 }, /must be a validity in days: .* 1 to 825/],
  ["tls", { source: "private-ca", renewBeforeDays: 0 }, /must be a time in days: .* 1 to 365/],
  ["images", { source: "docker" }, /installer, registry, mirror, archive or nodes/],
  ["images", { source: "mirror" }, /is required: the registry that mirrors the images/],
  ["images", { source: "archive" }, /is required: the path or https URL of an archive of images/],
  ["images", { source: "archive", archive: "http://x.example.com/i.tar" }, /an https URL, since/],
  ["images", { source: "nodes", archive: "images.tgz" }, /must be an absolute path/],
  ["images", { source: "nodes", archive: "https://x.example.com/i" }, /must be an absolute path/],
  ["proxy", { noProxy: ["example.com"] }, /^must have http, https or both$/],
  [
    "proxy",
    { http: "http://proxy.example.com:3128", noProxy: ["a,b"] },
    /must be one host, domain/,
  ],
  ["proxy", { http: "http://proxy.example.com:3128", noProxy: "a" }, /must be a list of hosts/],
  ["clients", "client", /must be a list of clients, each with a name and an address/],
  ["clients", [{ name: "c1" }], /is required: an IPv4 address or a DNS name/],
  ["clients", [{ address: "192.0.2.50" }], /is required: a short name/],
  [
    "clients",
    [{ name: "hub1", address: "c.example.com" }],
    /is "hub1", which nodes\[0\] has already/,
  ],
  ["tokenKeypair", { certificate: "none" }, /is required: the private key in PEM/],
  ["nodes", undefined, /must be a list of nodes, each with a name and an address/],
  ["nodes", "hub1", /must be a list of nodes/],
  ["nodes", [], /must name at least one node/],
  ["nodes[0].name", "Hub_1", /must be a short name of lower-case letters, digits and hyphens/],
  ["nodes[0].name", "hub2", /is "hub2", which nodes\[0\] has already/],
  ["nodes[1].address", "192.0.2.11", /is "192\.0\.2\.11", which nodes\[0\] has already/],
  ["nodes[0].address", "hub1.example.com", /must be an IPv4 address, as it becomes an A record/],
  ["nodes[0].address", "2001:db8::1", /must be an IPv4 address/],
  ["nodes[0].sshAddress", "hub 1", /must be an IPv4 address or a DNS name/],
  ["nodes[0].port", 70000, /must be a TCP port/],
  ["nodes[0].hostKey", "AAAA", /must be a host's public key, type and base64/],
  ["nodes[0].bastion", {}, /is required: an IPv4 address or a DNS name/],
  ["ssh.privateKey", "no key", /must be a private key in PEM or OpenSSH format/],
  ["ssh.dialAttempts", 0, /must be a number of connection attempts: a whole number from 1/],
  ["cephfs.monitors", [], /must name at least one monitor/],
  ["cephfs.monitors", ["ceph1:99999"], /must be a monitor as host\[:port\]/],
  ["cephfs.monitors", ["ceph1:6789:0"], /must be a monitor as host\[:port\]/],
  ["cephfs.path", "apps", /must be an absolute path in the file system/],
  ["cephfs.fileSystem", "my files", /must be made of letters, digits/],
  ["database.host", "192.0.2.256", /must be an IPv4 address or a DNS name/],
  ["cephfs.client", "client.harbor", /without the leading `client\.`/],
  ["cephfs.key", "short", /must be a Ceph key: 40 characters of base64/],
  ["cephfs.mountPoint", "/", /must be an absolute path that is not \//],
  ["cephfs.mountPoint", "mnt", /must be an absolute path/],
  ["cephfs.mountPoint", "/mnt/../etc", /without `\.\.`/],
  ["cephfs.mountPoint", "/mnt/cephfs/", /a trailing slash/],
  ["cephfs.mountPoint", "/mnt/ceph fs", /blanks or special characters/],
  ["cephfs.driver", "nfs", /must be kernel or fuse/],
  ["cephfs.dataDirectory", "/data", /must be a relative path below the mount point/],
  ["cephfs.dataDirectory", "../data", /must be a relative path/],
  ["cephfs", "text", /must be a structure/],
  ["database.kind", "oracle", /must be mysql or postgresql/],
  ["database.kind", "postgresql", /must be mysql for Harbor 1\.1\.2/],
  ["database.name", "drop`table", /must be made of letters, digits and underscores/],
  ["database.user", "har bor", /must be made of letters, digits, dots/],
  ["database.password", "two words", /has a character that the release/],
  ["database.admin", { user: "root" }, /is required: the password of the database/],
  ["redis.password", "a,b", /allowed are letters, digits and \. _ ~/],
  ["redis.database", 16, /must be a Redis database index: a whole number from 0 to 15/],
  ["redis.poolSize", 0, /must be a connection pool's size/],
  ["dns", { provider: "route53" }, /must have a provider: rfc2136 or manual/],
  ["dns", { ...RFC2136, zone: "example.org" }, /does not hold the hostname "hub\.example\.com"/],
  ["dns", { ...RFC2136, ttl: 0 }, /must be a time to live in seconds/],
  ["dns", { ...RFC2136, tsig: undefined }, /is required: the TSIG key's name/],
  ["dns", { ...RFC2136, tsig: { ...RFC2136.tsig, algorithm: "hmac-md5" } }, /must be hmac-sha256/],
  ["maxJobWorkers", 0, /must be a number of job workers/],
  ["harborConfig", { ldap: ["x"] }, /must be a plain value/],
  ["installPackages", "yes", /must be true or false/],
  ["healthTimeout", 5, /must be a time in seconds: a whole number from 30 to 3600/],
])("%s: %j is refused", (setting, value, message) => {
  const found = problems(withSetting(VALID, setting, value));
  expect(found.map((problem) => problem.message).join("\n")).toMatch(message);
  const place = setting.replace(/^nodes\[0\]\.name$/, "nodes");
  for (const problem of found) expect(problem.setting.startsWith(place)).toBe(true);
});

test("takes a URL with its sum", () => {
  const release = {
    version: "1.1.2",
    installer: "https://files.example.com/harbor.tgz?v=1",
    sha256: "0".repeat(64),
  };
  expect(read({ ...VALID, release }).release).toEqual(release);
});

test.each([
  ["http://files.example.com/h.tgz", /^must be a path or an https URL, since/],
  ["ftp://files.example.com/h.tgz", /^must be a path or an https URL, since/],
  ["https://", /^must be a path or an https URL such as/],
  ["https://u:p@files.example.com/h", /^must not carry a user or a password/],
  ["https://u@files.example.com/h", /^must not carry a user or a password/],
])("an archive at %s is refused", (url, message) => {
  const sha256 = "0".repeat(64);
  const release = { version: "1.1.2", installer: url, sha256 };
  const images = { source: "archive", archive: url, sha256 };
  expect(problems({ ...VALID, release, images })).toEqual([
    { setting: "release.installer", message: expect.stringMatching(message) },
    { setting: "images.archive", message: expect.stringMatching(message) },
  ]);
});

test("a URL without a sum is refused, and a path is not", () => {
  const installer = "https://files.example.com/harbor.tgz";
  const archive = { source: "archive", archive: "https://files.example.com/images.tar" };
  expect(problems({ ...VALID, release: { version: "1.1.2", installer }, images: archive })).toEqual(
    [
      { setting: "release.sha256", message: "is required when release.installer is a URL" },
      { setting: "images.sha256", message: "is required when images.archive is a URL" },
    ],
  );
  const images = { source: "archive", archive: "./images.tar" };
  expect(read({ ...VALID, images }).images).toEqual(images);
});

test.each([
  "registry.example.com",
  "registry.example.com/harbor",
  "registry:5000/a/b-c_d.e",
  "192.0.2.60:5000",
  "localhost/harbor",
])("images come from a mirror at %s", (prefix) => {
  const images = { source: "mirror", prefix };
  expect(read({ ...VALID, images }).images).toEqual(images);
});

test.each([
  "https://registry.example.com/harbor",
  "registry.example.com/harbor/",
  "registry.example.com/Harbor",
  "registry.example.com/harbor:v1",
  "registry.example.com:0/harbor",
  "registry.example.com:70000",
  "registry.example.com//harbor",
  "registry/harbor",
  "-registry.example.com",
  "user@registry.example.com",
])("a mirror at %s is refused", (prefix) =>
  expect(problems({ ...VALID, images: { source: "mirror", prefix } })).toEqual([
    { setting: "images.prefix", message: expect.stringMatching(/^must be a registry as host/) },
  ]),
);

test.each([
  "http://proxy.example.com:3128",
  "http://192.0.2.70:8080",
  "http://user@proxy:3128",
  "http://user:p%40ss.word@proxy.example.com:3128",
])("a proxy at %s", (http) =>
  expect(read({ ...VALID, proxy: { http } }).proxy).toEqual({ http, noProxy: [] }),
);

test.each([
  "proxy.example.com:3128",
  "https://proxy.example.com:3128",
  "http://proxy.example.com",
  "http://proxy.example.com:3128/",
  "http://proxy.example.com:0",
  "http://proxy.example.com:65536",
  "http://user:p@ss@proxy.example.com:3128",
  "http://user:p$s@proxy.example.com:3128",
  "http://user:100%@proxy.example.com:3128",
  'http://user:a"b@proxy.example.com:3128',
])("a proxy at %s is refused", (https) =>
  expect(problems({ ...VALID, proxy: { https } })).toEqual([
    { setting: "proxy.https", message: expect.stringMatching(/^must be a proxy's URL as http:/) },
  ]),
);

test("what is reached without the proxy is hosts, domains, addresses and networks", () => {
  const noProxy = ["registry.example.com:5000", ".example.com", "10.0.0.0/8", "2001:db8::/32", "*"];
  const proxy = { https: "http://proxy.example.com:3128", noProxy };
  expect(read({ ...VALID, proxy }).proxy).toEqual(proxy);
});

test("a private CA's certificates are renewed before their end", () => {
  const tls = (renewBeforeDays: unknown, validityDays?: unknown) => ({
    ...VALID,
    tls: { source: "private-ca", validityDays, renewBeforeDays },
  });
  expect(read(tls("89", 90)).tls).toEqual({
    source: "private-ca",
    validityDays: 90,
    renewBeforeDays: 89,
  });
  for (const [before, validity] of [
    [90, "90"],
    [undefined, 30],
  ]) {
    expect(problems(tls(before, validity))).toEqual([
      {
        setting: "tls.renewBeforeDays",
        message: expect.stringContaining(`must be less than tls.validityDays, ${String(validity)}`),
      },
    ]);
  }
  expect(read({ ...VALID, tls: { source: "private-ca" } }).tls).toEqual({
    source: "private-ca",
    validityDays: 397,
    renewBeforeDays: 30,
  });
});

test("clients are reached as nodes are, and cannot be mistaken for each other", () => {
  const client = { name: "client1", address: "192.0.2.50", user: "ops", port: 2222 };
  expect(read({ ...VALID, clients: [client] }).clients).toEqual([client]);
  expect(problems({ ...VALID, clients: [client, client] })).toEqual([
    { setting: "clients[1].name", message: expect.stringContaining("which clients[0] has") },
    { setting: "clients[1].address", message: expect.stringContaining("which clients[0] has") },
  ]);
});

test("an empty structure is as one that is left out", () => {
  const { tls, images, dns, proxy, tokenKeypair } = read({
    ...VALID,
    ...{ tls: {}, images: {}, dns: {}, proxy: {}, tokenKeypair: {} },
  });
  expect({ tls, images, dns }).toEqual({
    tls: { source: "none" },
    images: { source: "installer" },
    dns: { provider: "manual", ttl: 30 },
  });
  expect([proxy, tokenKeypair]).toEqual([undefined, undefined]);
});

const UNSUPPORTED = [
  ["notary", /^Notary is not supported .*`prepare` refuses it together with --ha; take the/],
  ["with_notary", /^Notary is not supported/],
  ["clair_db_host", /^Clair is not supported .* PostgreSQL on one node; take the setting out$/],
  ["withClair", /^Clair is not supported/],
] as const;

test.each(UNSUPPORTED)("%s is no setting of the design", (name, message) => {
  expect(problems({ ...VALID, [name]: true })).toEqual([
    { setting: name, message: expect.stringMatching(message) },
  ]);
  expect(problems({ ...VALID, harborConfig: { [name]: "on" } })).toEqual([
    { setting: `harborConfig.${name}`, message: expect.stringMatching(message) },
  ]);
});

test.each(["http_proxy", "https_proxy", "no_proxy"])("harborConfig.%s names the setting", (key) => {
  expect(problems({ ...VALID, harborConfig: { [key]: "x" } })).toEqual([
    { setting: `harborConfig.${key}`, message: expect.stringContaining("is the setting `proxy`") },
  ]);
});

test("a release of the PostgreSQL generation is refused, and nothing is asked for it", () => {
  expect(problems(withSetting(VALID, "release.version", "1.6.0"))).toEqual([
    { setting: "release.version", message: expect.stringContaining("it knows Harbor 1.1 to 1.5") },
  ]);
});

test.each([
  [{ prot: 80 }, "prot", "is not a setting; did you mean port or proxy or protect?"],
  [{ zzzzzz: 80 }, "zzzzzz", expect.stringContaining("known here: hostname, port, tls, release")],
  [{ nodes: [{ ...NODES[0], adress: "x" }] }, "nodes[0].adress", expect.stringMatching(/address/)],
  [{ dns: { ...RFC2136, sever: "x" } }, "dns.sever", "is not a setting; did you mean server?"],
  [
    { dns: { ...RFC2136, tsig: { ...RFC2136.tsig, secrets: "x" } } },
    "dns.tsig.secrets",
    "is not a setting; did you mean secret?",
  ],
])("an unknown key is named with the ones that are near: %j", (change, setting, message) => {
  expect(problems({ ...VALID, ...change })).toEqual([{ setting, message }]);
});

test.each<[change: Given, structure: string, key: string, chosen: string, needed: string]>([
  [{ tls: { source: "none", validityDays: 90 } }, "tls", "validityDays", "none", "private-ca"],
  [
    { images: { source: "registry", archive: "a.tgz" } },
    "images",
    "archive",
    "registry",
    "archive or nodes",
  ],
  [{ dns: { provider: "manual", port: 53 } }, "dns", "port", "manual", "rfc2136"],
])("another variant's key is named with that: %j", (change, structure, key, chosen, needed) => {
  const teller = `${structure}.${structure === "dns" ? "provider" : "source"}`;
  const message = `is not a setting with ${teller} ${chosen}, but with ${needed}; take it out, or change ${teller}`;
  expect(problems({ ...VALID, ...change })).toEqual([{ setting: `${structure}.${key}`, message }]);
});

test("eight mistakes are one error that names all eight", () => {
  const given: Given = {
    ...VALID,
    hostname: "192.0.2.11",
    port: 99999,
    nodes: [NODES[0], { name: "hub1", address: "not an address" }],
    redis: { host: "redis.example.com", password: "a,b" },
    maxJobWorkers: 0,
    helthTimeout: 30,
    protect: "perhaps",
  };
  const { message, problems: found } = failure(given);
  const settings = [
    "hostname",
    "port",
    "nodes[1].address",
    "redis.password",
    "maxJobWorkers",
    "protect",
    "helthTimeout",
    "nodes[1].name",
  ];
  expect(found.map(({ setting }) => setting)).toEqual(settings);
  expect(message).toMatch(/^8 problems in the settings of this stack; no host was contacted\.\n/);
  for (const setting of settings) expect(message).toContain(`  harbor-ha:${setting}\n    `);
});

test("a release that cannot follow the deployed one is a problem of its version", () => {
  const follow = (deployedRelease: string, version: string) => () => {
    const given = { ...VALID, release: { version, installer: "./harbor.tgz" } };
    return readSettings({
      values: asEngine(given),
      secretKeys: new Set(Object.keys(given)),
      deployedRelease,
    });
  };
  expect(follow("1.5.4", "1.5.0")).toThrow(
    /^1 problem .*harbor-ha:release\.version\n +is 1\.5\.0, older than 1\.5\.4/s,
  );
  expect(follow("1.4.0", "v1.5.4")).not.toThrow();
});

test("an empty stack is told everything that it needs", () => {
  const needed = [
    "hostname",
    "release.version",
    "release.installer",
    "nodes",
    "ssh.privateKey",
    "cephfs.monitors",
    "cephfs.key",
    "database.host",
    "database.user",
    "database.password",
    "redis.host",
    "redis.password",
  ];
  expect(problems({}).map(({ setting }) => setting)).toEqual(needed);
});
