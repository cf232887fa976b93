import type { Look } from "../../operate/verify/check";
import { CHECKS } from "../../operate/verify/checks";
import { Facts } from "../../operate/verify/facts";
import { reportOf } from "../../operate/verify/report";
import {
  DECLARED,
  OTHER_PAIR,
  type Planted,
  base64,
  lookWith,
  planted,
} from "./fixtures/verification";

/** The rows that differ, as `check: mark of hub1 | hub2 | hub3`, and each difference's first part. */
function differences(look: Look) {
  const { rows } = reportOf(look, CHECKS);
  const differing = rows.filter(({ findings }) => findings.length > 0);
  return {
    rows: differing.map(
      ({ check, cells, cluster }) =>
        `${check}: ${[...Object.values(cells), ...(cluster === undefined ? [] : [cluster])].join(" | ")}`,
    ),
    found: differing.flatMap(({ findings }) => findings.map(({ found }) => found)),
    remedies: differing.flatMap(({ findings }) => findings.map(({ remedy }) => remedy)),
  };
}

test("nodes that are as declared differ in nothing", () => {
  expect(differences(lookWith()).rows).toEqual([]);
});

const CURRENT = "/opt/harbor/current";
const ENV = `${CURRENT}/common/config/adminserver/env`;
const KEY = `${CURRENT}/common/config/ui/private_key.pem`;
const CONTAINER = "container known ui";
const ui = (state: string, restarts: string, since: string, image: string, definition: string) =>
  `container | known | ui | ${state} | 1 | ${restarts} | ${since} | example/ui:v1 | ${image} | ${definition}`;
const EARLIER = "2026-12-31T00:00:00Z";
const IMAGE = "sha256:example/ui:v1";
const DEFINITION = "definition-of-ui";

const CASES: [what: string, planted: Planted, rows: string[], found: string][] = [
  [
    "not mounted",
    { mount: ["mount | known | none"] },
    ["mount: ok | not mounted | ok"],
    "nothing is mounted at /mnt/cephfs",
  ],
  [
    "a mount of another kind",
    { mount: ["mount | known | ext4 | 2/1.5"] },
    ["mount: ok | not CephFS | ok"],
    "a file system of type ext4 is mounted at /mnt/cephfs",
  ],
  [
    "another CephFS",
    { mount: ["mount | known | ceph | 7/9.5"] },
    ["mount: ok | another | ok"],
    "the file system is not the one that most nodes have",
  ],
  [
    "a CephFS that hangs",
    { mount: ["mount | known | ceph | "] },
    ["mount: ok | hangs | ok"],
    "/mnt/cephfs is mounted, but cannot be read",
  ],
  [
    "another fstab line",
    { fstab: ["fstab | known | "] },
    ["mount: ok | fstab | ok"],
    "/etc/fstab has no line for /mnt/cephfs",
  ],
  [
    "another cluster's mark",
    { mark: [`mark | known | other/stack x | ${DECLARED.keypair}`] },
    ["mount: ok | no mark | ok"],
    "the node's mark names other/stack x",
  ],
  [
    "a file with other content",
    { [`file known ${ENV}`]: [`file | known | ${ENV} | 600 | root | 0`] },
    ["files: ok | differs | ok"],
    `${ENV} has another content`,
  ],
  [
    "a file that is gone",
    { [`file known ${ENV}`]: [`file | known | ${ENV} | missing`] },
    ["files: ok | missing | ok"],
    `${ENV} is missing`,
  ],
  [
    "a file that others may read",
    {
      [`file known /etc/harbor-ha/health`]: [
        "file | known | /etc/harbor-ha/health | 644 | root | 0",
      ],
    },
    ["modes: ok | 0644 | ok"],
    "/etc/harbor-ha/health has the mode 0644 and is of root",
  ],
  [
    "a file of another user",
    { secretkey: [`secretkey | known | /k | 600 | www-data | ${DECLARED.secretkey}`] },
    ["modes: ok | of www-data | ok"],
    "/k has the mode 0600 and is of www-data",
  ],
  [
    "another secret key",
    { secretkey: ["secretkey | known | /k | 600 | root | 0"] },
    ["secretkey: ok | another | ok"],
    "/k holds another key than this stack's",
  ],
  [
    "no secret key",
    { secretkey: ["secretkey | known | /k | missing"] },
    ["secretkey: ok | missing | ok"],
    "/k is missing",
  ],
  [
    "another release",
    { release: ["release | known | /opt/harbor/releases/1.1.1-aaaaaaaaaaaa"] },
    ["release: ok | 1.1.1 | ok"],
    "the current release is 1.1.1",
  ],
  [
    "earlier settings",
    { release: ["release | known | /opt/harbor/releases/1.1.2-aaaaaaaaaaaa"] },
    ["release: ok | other settings | ok"],
    "the current release is 1.1.2 with other settings",
  ],
  [
    "an image that is gone",
    { "image known example/ui": ["image | known | example/ui:v1 | missing"] },
    ["images: ok | missing | ok"],
    "docker has no example/ui:v1",
  ],
  [
    "a tag of another image",
    {
      "image known example/ui": ["image | known | example/ui:v1 | sha256:x"],
      [CONTAINER]: [ui("running", "0", EARLIER, "sha256:x", DEFINITION)],
    },
    ["images: ok | another | ok"],
    "example/ui:v1 is another image than on most nodes",
  ],
  [
    "a container of an earlier image",
    { [CONTAINER]: [ui("running", "0", EARLIER, "sha256:x", DEFINITION)] },
    ["images: ok | outdated | ok"],
    "ui runs another image than example/ui:v1 names now",
  ],
  ["no container", { [CONTAINER]: [] }, ["containers: ok | no ui | ok"], "ui has no container"],
  [
    "a container that ended",
    { [CONTAINER]: [ui("exited", "0", EARLIER, IMAGE, DEFINITION)] },
    ["containers: ok | ui exited | ok"],
    "ui is exited with status 1",
  ],
  [
    "a container that starts again and again",
    { [CONTAINER]: [ui("running", "7", "2026-12-31T23:59:48Z", IMAGE, DEFINITION)] },
    ["containers: ok | ui loops | ok"],
    "docker has started ui 7 times again, the last time 12 s ago",
  ],
  [
    "a container of an earlier definition",
    { [CONTAINER]: [ui("running", "0", EARLIER, IMAGE, "x")] },
    ["containers: ok | ui is old | ok"],
    "ui runs by another definition than docker-compose.yml and its env files have now",
  ],
  [
    "another service",
    {
      containers: [
        "container | known | clair | running | 0 | 0 | x | i | d | x",
        "containers | known | listed",
      ],
    },
    ["containers: ok | extra clair | ok"],
    "clair runs in the project harbor",
  ],
  [
    "a proxy that knows earlier addresses",
    { stale: ["stale | known | yes"] },
    ["containers: ok | proxy is stale | ok"],
    "the proxy was started before a service that it passes requests to",
  ],
  [
    "a file that was replaced under a service",
    { lives: [`live | known | ui | ${ENV} | 0`, "lives | known | listed"] },
    ["live files: ok | ui | ok"],
    `ui runs with another ${ENV} than the declared one`,
  ],
  [
    "another certificate of the pair",
    { "key known certificate": [`key | known | certificate | ${base64(OTHER_PAIR)}`] },
    ["keypair: ok | another | ok"],
    expect.stringMatching(/root\.crt is of the pair SHA256:/) as string,
  ],
  [
    "no key at all",
    { "key known private": ["key | known | private | "] },
    ["keypair: ok | another | ok"],
    `${KEY} holds no key that can be read`,
  ],
  [
    "a service with the earlier pair",
    { "live known ui": [`live | known | ui | ${KEY} | 0`] },
    ["keypair: ok | ui is old | ok"],
    `ui runs with another ${KEY} than the declared one`,
  ],
  [
    "a gate that passed with the earlier pair",
    { mark: [`mark | known | ${DECLARED.cluster} | SHA256:x`] },
    ["keypair: ok | gate | ok"],
    "the node's gate has passed with the pair SHA256:x",
  ],
  [
    "a proxy with another key",
    { certificate: ["certificate | known | certificate: the proxy … | Jun  1 00:00:00 2027 GMT"] },
    ["certificate: ok | another key | ok"],
    "the proxy serves another certificate's key",
  ],
  [
    "a served certificate that ended",
    { certificate: ["certificate | known | ok | Dec 30 00:00:00 2026 GMT"] },
    ["certificate: ok | expired | ok"],
    "the certificate that is served ended on 2026-12-30",
  ],
  [
    "a database that refuses",
    { database: ["database | known | refused | Access denied (error 1045)"] },
    ["database: ok | refused | ok"],
    "Access denied (error 1045)",
  ],
  [
    "another schema",
    { database: ["database | known | answers | 1.2.0 | project user"] },
    ["database: ok | schema | ok"],
    "the schema is 1.2.0",
  ],
  [
    "a schema that is not whole",
    { database: ["database | known | answers | 0.4.0 | harbor_ha_schema_load project user"] },
    ["database: ok | incomplete | ok"],
    "the schema is not complete",
  ],
  [
    "a Redis that refuses",
    { redis: ["redis | known | refused | no answer from redis.example.com:6379"] },
    ["redis: ok | refused | ok"],
    "no answer from redis.example.com:6379",
  ],
  [
    "no token",
    { token: ["token | known | hub2 | none"] },
    ["tokens: ok | none | ok", "dns: ok | record | ok"],
    "the node issues no token",
  ],
  [
    "a token that a peer refuses",
    { "token known hub3": ["token | known | hub3 | 401"] },
    ["tokens: ok | hub3 401 | ok"],
    "the registry of hub3 answers 401 to this node's token",
  ],
  [
    "a full disk",
    { "disk known /var": ["disk | known | /var/lib/docker | 50000 | 4000"] },
    ["disk: ok | 3.9 GB free | ok"],
    "3.9 GB of 48.8 GB are free in /var/lib/docker",
  ],
  [
    "large logs",
    { logs: ["logs | known | 3000"] },
    ["disk: ok | 2.9 GB logs | ok"],
    "2.9 GB of logs are in /var/log/harbor",
  ],
  [
    "a unit that is off",
    { "unit known harbor-ha": ["unit | known | harbor-ha-health.timer | enabled | inactive"] },
    ["units: ok | harbor-ha-health inactive | ok"],
    "harbor-ha-health.timer is enabled and inactive",
  ],
  [
    "a unit that is gone",
    { "unit known harbor.": ["unit | known | harbor.service |  | inactive"] },
    ["units: ok | no harbor.service | ok"],
    "there is no harbor.service",
  ],
  [
    "a fact that a node could not tell",
    { redis: ["redis | unknown | no answer within 25 s"] },
    ["redis: ok | unknown | ok"],
    "redis: no answer within 25 s",
  ],
  [
    "a fact that never came",
    { logs: [] },
    ["disk: ok | unknown | ok"],
    "logs: the node did not say it",
  ],
];

test.each(CASES)("tells %s", (_, changes, rows, found) => {
  const told = differences(lookWith(changes));
  expect(told.rows).toEqual(rows);
  expect(told.found[0]).toEqual(found);
  for (const remedy of told.remedies) expect(remedy).toMatch(/\w{3,}/);
});

test("a node that serves nobody differs, and so does its record", () => {
  const { rows, found } = differences(
    lookWith({ health: ["health | known | search: /api/search answers 500 instead of 200"] }),
  );
  expect(rows).toEqual(["health: ok | search | ok", "dns: ok | record | ok"]);
  expect(found[1]).toBe(
    "ns1.example.com:53 has hub.example.com A 192.0.2.12, but the node does not serve",
  );
});

/** What is found while hub3 cannot be asked. */
function without3(token: string, addresses: string): Look {
  const facts = new Facts(
    planted({
      "token known hub3": [`token | known | hub3 | ${token}`],
      dns: [`dns | known | ${addresses}`],
    }),
  );
  const clock = { least: -20, most: 30 };
  return lookWith(
    {},
    {
      seen: ["hub1", "hub2"].map((name) => ({ name, facts, clock })),
      unseen: [{ name: "hub3", mark: "no SSH", reason: "no SSH to 192.0.2.13:22: refused" }],
    },
  );
}

test("a node that does not answer is one difference, and the others are looked at", () => {
  const { rows, found } = differences(without3("000", "192.0.2.11 192.0.2.12"));
  expect(rows).toEqual(["reachable: ok | ok | no SSH"]);
  expect(found).toEqual(["no SSH to 192.0.2.13:22: refused"]);
});

test("the record of a node that does not answer is right while the others see it serve", () => {
  const all = "192.0.2.11 192.0.2.12 192.0.2.13";
  expect(differences(without3("200", all)).rows).toEqual(["reachable: ok | ok | no SSH"]);
  expect(differences(without3("000", all)).rows).toEqual([
    "reachable: ok | ok | no SSH",
    "dns: ok | ok | record",
  ]);
});

test("a node without its record, and an address of no node", () => {
  const seen = DECLARED.nodes.map(({ name }) => ({
    name,
    facts: new Facts(planted({ dns: ["dns | known | 192.0.2.11 192.0.2.12 192.0.2.99"] })),
    clock: { least: 0, most: 0 },
  }));
  const { rows, found, remedies } = differences(lookWith({}, { seen }));
  expect(rows).toEqual(["dns: ok | ok | no record | foreign"]);
  expect(found).toEqual([
    "the node serves, but ns1.example.com:53 has no hub.example.com A 192.0.2.13",
    "ns1.example.com:53 has hub.example.com A 192.0.2.99, which is no node's address",
  ]);
  expect(remedies[0]).toBe("pulumi up --replace '**::hub3-start'");
});

test("records that somebody else keeps are asked of this machine's resolver", () => {
  const declared = { ...DECLARED, dns: { provider: "manual" as const } };
  const told = (resolved: Look["resolved"]) =>
    differences(lookWith({}, { declared, resolved })).rows;
  expect(told({ addresses: DECLARED.nodes.map(({ address }) => address) })).toEqual([]);
  expect(told({ addresses: ["192.0.2.11", "192.0.2.12"] })).toEqual(["dns: ok | ok | no record"]);
  expect(told({ problem: "no address (ENOTFOUND)" })).toEqual(["dns: ok | ok | ok | unknown"]);
});

describe("clocks", () => {
  const told = (...offsets: [least: number, most: number][]) =>
    differences(
      lookWith(
        {},
        {
          seen: lookWith().seen.map((node, i) => ({
            ...node,
            clock: { least: offsets[i]![0], most: offsets[i]![1] },
          })),
        },
      ),
    );

  test("what the network may have taken is not held against a node", () => {
    expect(told([-4000, 100], [-20, 30], [-50, 3900]).rows).toEqual([]);
  });

  test("one that is certainly further off is told, with how far", () => {
    const { rows, found } = told([-20, 30], [4990, 5030], [-20, 30]);
    expect(rows).toEqual(["clock: ok | +5.0 s | ok"]);
    expect(found).toEqual(["the clock is 5.0 s ahead of the others'"]);
  });

  test("this machine's own clock is not the measure", () => {
    expect(told([9000, 9010], [9010, 9030], [9000, 9040]).rows).toEqual([]);
  });
});

test("a declared certificate that ends soon is told, also with nobody to serve it", () => {
  const look = lookWith({}, { now: new Date("2027-05-25T00:00:00Z") });
  const { rows, found } = differences(look);
  expect(rows).toEqual(["certificate: 7 days | 7 days | 7 days | 7 days"]);
  expect(found.at(-1)).toBe("the declared certificate ends on 2027-06-01");
});

test("over HTTP there is no certificate to look at", () => {
  const declared = { ...DECLARED, certificate: undefined };
  const names = reportOf(lookWith({}, { declared }), CHECKS).rows.map(({ check }) => check);
  expect(names).not.toContain("certificate");
  expect(reportOf(lookWith(), CHECKS).rows.map(({ check }) => check)).toContain("certificate");
});
