import { parse } from "yaml";
import { Compose, DIGEST_LABEL } from "../../release/compose";
import { fileDigests } from "../../release/digests";
import { releaseFiles } from "./fixtures/releases";

const EDITS = {
  replaced: ["mysql", "redis"],
  folders: { "/data": "/mnt/shared/data/", "/var/log/harbor": "/srv/log" },
  published: { service: "proxy", host: 8070, container: 80, stopSignal: "SIGQUIT" },
};

function edited(text: string): { text: string; services: Record<string, Record<string, unknown>> } {
  const compose = Compose.parse(text);
  compose.edit(EDITS);
  const result = compose.toString();
  return { text: result, services: (parse(result) as { services: never }).services };
}

test("takes the replaced services out, and every dependency on them", () => {
  const { text, services } = edited(releaseFiles("late-release").get("docker-compose.yml")!);
  expect(Object.keys(services)).toEqual([
    "log",
    "registry",
    "adminserver",
    "ui",
    "jobservice",
    "proxy",
  ]);
  expect(services["jobservice"]).not.toHaveProperty("depends_on");
  expect(services["proxy"]!["depends_on"]).toEqual(["ui"]);
  expect(text).not.toMatch(/mysql|redis/);
});

test("takes dependencies out of mappings and links too", () => {
  const { services } = edited(`services:
  proxy:
    depends_on: { mysql: { condition: service_healthy }, ui: { condition: service_started } }
    links: ["mysql:db", ui]
  mysql: {}
  ui: {}
`);
  expect(Object.keys(services["proxy"]!["depends_on"] as object)).toEqual(["ui"]);
  expect(services["proxy"]!["links"]).toEqual(["ui"]);
});

test("moves the data and log folders, and nothing that only begins alike", () => {
  const { services } = edited(`services:
  proxy:
    volumes:
      - /data:/data
      - /data/:/all/:z
      - /data/psc/:/token/:z
      - /database:/database
      - /var/log/harbor/:/var/log/docker/:z
      - ./data/x:/y
      - { type: bind, source: /data/registry, target: /storage }
`);
  expect(services["proxy"]!["volumes"]).toEqual([
    "/mnt/shared/data:/data",
    "/mnt/shared/data/:/all/:z",
    "/mnt/shared/data/psc/:/token/:z",
    "/database:/database",
    "/srv/log/:/var/log/docker/:z",
    "./data/x:/y",
    { type: "bind", source: "/mnt/shared/data/registry", target: "/storage" },
  ]);
});

test("publishes the proxy on the one port, as text, and leaves other ports alone", () => {
  const { text } = edited(releaseFiles("early-release").get("docker-compose.yml")!);
  expect(text).toContain('ports:\n      - "8070:80"\n');
  expect(text).toContain("127.0.0.1:1514:514");
  expect(text).not.toMatch(/443/);
});

test("the proxy alone is stopped by the signal on which it finishes what was begun", () => {
  const { services } = edited(releaseFiles("late-release").get("docker-compose.yml")!);
  const signals = Object.entries(services).map(([name, { stop_signal }]) => [name, stop_signal]);
  expect(signals.filter(([, signal]) => signal !== undefined)).toEqual([["proxy", "SIGQUIT"]]);
});

test("keeps comments and the text of values that YAML versions read differently", () => {
  const { text } = edited(`# head
services:
  proxy: # the proxy
    dns_search: .
    mode: 0644
    flag: on
    size: 1e3
    nothing:
    quoted: '2'
    time: 22:22
`);
  for (const kept of [
    "# head\n",
    "# the proxy\n",
    "dns_search: .\n",
    "mode: 0644\n",
    "flag: on\n",
    "size: 1e3\n",
    "nothing:\n",
    "quoted: '2'\n",
    "time: 22:22\n",
  ]) {
    expect(text).toContain(kept);
  }
});

test("labels a service, whatever form its labels have", () => {
  const compose = Compose.parse(
    "services:\n  a: {}\n  b: { labels: [x=y] }\n  c: { labels: { x: y } }\n",
  );
  for (const name of compose.serviceNames()) compose.label(name, "0123");
  const { services } = parse(compose.toString()) as { services: Record<string, object> };
  expect(services["a"]).toEqual({ labels: { [DIGEST_LABEL]: "0123" } });
  expect(services["b"]).toEqual({ labels: ["x=y", `${DIGEST_LABEL}=0123`] });
  expect(services["c"]).toEqual({ labels: { x: "y", [DIGEST_LABEL]: "0123" } });
});

test.each([
  ["services: [", /docker-compose\.yml is not YAML/],
  ["version: '2'", /has no services/],
  ["services: { ui: {} }", /no service "proxy"/],
  ["services: { proxy: {}, ui: [] }", /"ui" is no mapping/],
])("refuses %j", (text, message) => expect(() => edited(text)).toThrow(message));

describe("digests", () => {
  const files = (changes: Record<string, string> = {}) =>
    Object.entries({
      "common/config/ui/env": "A=1\n",
      "common/config/ui/private_key.pem": "key\n",
      "common/config/registry/config.yml": "storage\n",
      "common/config/adminserver/env": "B=1\n",
      "common/config/nginx/nginx.conf":
        "upstream r { server registry:5000; }\nlocation / { proxy_pass http://ui/; }\n",
      ...changes,
    }).map(([path, content]) => ({ path, content, secret: false, mode: 0o600 }));
  const text = releaseFiles("early-release").get("docker-compose.yml")!;
  const digests = (changes?: Record<string, string>, compose = text) =>
    fileDigests(Compose.parse(compose), files(changes));
  const changed = (changes: Record<string, string>, compose?: string) => {
    const now = digests(changes, compose);
    return [...digests()]
      .filter(([name, digest]) => now.get(name) !== digest)
      .map(([name]) => name);
  };

  test("each service that reads files has one, of 16 hex digits", () => {
    expect([...digests().keys()]).toEqual([
      "registry",
      "mysql",
      "adminserver",
      "ui",
      "jobservice",
      "proxy",
    ]);
    for (const digest of digests().values()) expect(digest).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ["nothing", {}, []],
    ["an env file", { "common/config/adminserver/env": "B=2\n" }, ["adminserver", "jobservice"]],
    ["a file of a proxied service", { "common/config/ui/env": "A=2\n" }, ["ui", "proxy"]],
    [
      "a file in a mounted folder",
      { "common/config/registry/root.crt": "x" },
      ["registry", "proxy"],
    ],
    ["the proxy's own file", { "common/config/nginx/cert/server.crt": "x" }, ["proxy"]],
    ["a file that no service reads", { "common/config/uix": "x" }, []],
  ])("%s changes those that must start anew", (_, changes, expected) => {
    expect(changed(changes)).toEqual(expected);
  });

  test("a proxied service's new definition starts the proxy anew", () => {
    expect(changed({}, text.replace("harbor-ui:v1.1.9", "harbor-ui:v1.1.10"))).toEqual(["proxy"]);
  });

  test("moving text from one file to another shows", () => {
    expect(
      changed({ "common/config/ui/env": "", "common/config/ui/private_key.pem": "A=1\nkey\n" }),
    ).toEqual(["ui", "proxy"]);
  });
});
