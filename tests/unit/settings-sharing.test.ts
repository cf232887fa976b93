import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Problem, SettingsError, readSettings } from "../../settings";
import { otherStacks } from "../../settings/stack-files";
import { NOW } from "./fixtures/certificates";
import { type Given, VALID, asEngine, withSetting } from "./fixtures/settings";

/* What stacks of one project may not share. The other stack is `prod`, read from its file. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-sharing-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(stack: string, given: Given): void {
  const config = Object.entries(given).map(([key, value]) => [`harbor-ha:${key}`, value]);
  const content = { encryptionsalt: "v1:abc", config: Object.fromEntries(config) as Given };
  writeFileSync(join(folder, `Pulumi.${stack}.yaml`), stringify(content));
}

function problemsOf(given: Given, stack = "staging"): readonly Problem[] {
  const configuration = {
    values: asEngine(given),
    secretKeys: new Set(Object.keys(given)),
    project: "harbor-ha",
    stack,
    others: otherStacks(folder, "harbor-ha", stack),
  };
  try {
    readSettings(configuration, NOW);
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
}

/** Another stack on the same file system, database server and Redis, with everything else of its own. */
const PROD: Given = {
  hostname: "hub.prod.example.com",
  nodes: [{ name: "hub1", address: "198.51.100.11" }],
  cephfs: { monitors: ["ceph1.example.com:6789"], path: "/prod", key: { secure: "v1:x" } },
  database: { host: "db.example.com", name: "prod", password: { secure: "v1:x" } },
  redis: { host: "redis.example.com", database: 1 },
};

/** The settings whose value prod has already, where it says something else at a path. */
function clashes(setting: string, theirs: unknown, own: Given = VALID): string[] {
  write("prod", withSetting(PROD, setting, theirs));
  return problemsOf(own).map((problem) => problem.setting);
}

test("stacks that share servers alone share nothing", () => {
  write("prod", PROD);
  expect(problemsOf(VALID)).toEqual([]);
});

test("everything that is another stack's is said at once, with its file and what to do", () => {
  write("prod", { ...VALID, clients: [], ssh: {} });
  const problems = problemsOf(VALID);
  expect(problems.map(({ setting }) => setting)).toEqual([
    ...["hostname", "nodes[0].address", "nodes[1].address"],
    ...["database.name", "redis.database", "cephfs.path"],
  ]);
  const [hostname, node, , database, sessions, place] = problems.map(({ message }) => message);
  expect(hostname).toBe(
    'is "hub.example.com", which stack prod has already, in Pulumi.prod.yaml; clients would meet either registry under one name; give this stack a name of its own',
  );
  expect(node).toMatch(
    /^is "192\.0\.2\.11", .*; a host carries one registry, .*; name another host$/,
  );
  expect(database).toMatch(/^is "registry on db\.example\.com:3306", .* choose another name$/);
  expect(sessions).toMatch(
    /^is "0 on redis\.example\.com:6379", .* choose another index, 0 to 15$/,
  );
  expect(place).toMatch(
    /^is "\/": this stack and stack prod \(Pulumi\.prod\.yaml\) would both keep their files in \/harbor\/data, .*choose another cephfs\.path\. Where this stack takes the place of prod, set predecessor to prod; where prod is gone for good, `pulumi stack rm prod` takes its file away$/,
  );
});

test.each([
  ["a name in other letters", "hostname", "HUB.Example.com", ["hostname"]],
  ["another name", "hostname", "hub2.example.com", []],
  ["an address", "nodes[0].address", "192.0.2.12", ["nodes[1].address"]],
  [
    "a node that SSH reaches at another's address",
    "nodes[0].sshAddress",
    "192.0.2.12",
    ["nodes[1].address"],
  ],
  ["the database, its name left out", "database.name", undefined, ["database.name"]],
  [
    "the database in other letters",
    "database",
    { host: "DB.example.com", port: "3306", name: "Registry" },
    ["database.name"],
  ],
  [
    "a database on another port",
    "database",
    { host: "db.example.com", port: 3307, name: "registry" },
    [],
  ],
  ["the index, left out", "redis.database", undefined, ["redis.database"]],
  ["the index on another Redis", "redis", { host: "redis2.example.com" }, []],
])("%s", (_, setting, theirs, expected) => {
  expect(clashes(setting, theirs)).toEqual(expected);
});

describe("the same SSH address", () => {
  const own = (bastion?: string) =>
    withSetting(VALID, "nodes[0]", {
      ...{ name: "hub1", address: "192.0.2.11", sshAddress: "10.0.0.1" },
      ...(bastion && { bastion: { address: bastion } }),
    });
  const theirs = (more: object) => [
    { name: "a", address: "198.51.100.11", sshAddress: "10.0.0.1", ...more },
  ];

  test("is the same host", () => {
    expect(clashes("nodes", theirs({}), own())).toEqual(["nodes[0].sshAddress"]);
  });
  test.each([
    ["on another port, where a gateway passes it on", { port: 2222 }],
    ["behind a bastion", { bastion: { address: "192.0.2.1" } }],
  ])("is another host %s", (_, more) => {
    expect(clashes("nodes", theirs(more), own())).toEqual([]);
  });
  test("is the same behind the same bastion, whatever port both leave to ssh.port", () => {
    const nodes = theirs({ bastion: { address: "BASTION.example.com" } });
    expect(clashes("nodes", nodes, own("bastion.example.com"))).toEqual(["nodes[0].sshAddress"]);
  });
});

describe("a place on CephFS", () => {
  const at = (path: string, more: object = {}) => ({
    monitors: ["ceph1.example.com", "ceph2.example.com"],
    ...{ path, ...more },
  });
  const own = (path: string, more: object = {}) =>
    withSetting(VALID, "cephfs", { ...(VALID["cephfs"] as object), ...at(path, more) });

  test.each([
    ["equal", own("/a"), at("/a"), true],
    ["equal, with a slash more", own("/a"), at("/a//"), true],
    ["this stack's state in the other's data", own("/b/harbor/data"), at("/b"), true],
    ["the other's data in this stack's", own("/a", { dataDirectory: "x" }), at("/a/x/y"), true],
    ["equal, with other data directories", own("/a"), at("/a", { dataDirectory: "other" }), true],
    ["neighbours", own("/a"), at("/ab"), false],
    ["below a path whose files lie elsewhere", own("/"), at("/prod"), false],
    ["on another file system", own("/a"), at("/a", { fileSystem: "cephfs2" }), false],
    ["on other monitors", own("/a"), at("/a", { monitors: ["ceph9.example.com"] }), false],
    [
      "on one monitor in common, at a standard port",
      own("/a"),
      at("/a", { monitors: ["CEPH2.example.com:3300"] }),
      true,
    ],
    [
      "on monitors of one host, at other ports",
      own("/a"),
      at("/a", { monitors: ["ceph2.example.com:7000"] }),
      false,
    ],
  ])("%s", (_, given, theirs, clash) => {
    expect(clashes("cephfs", theirs, given)).toEqual(clash ? ["cephfs.path"] : []);
  });
});

test("a client is set up for one registry; a node may be another stack's client", () => {
  const own = { ...VALID, clients: [{ name: "build1", address: "Build1.example.com" }] };
  const theirs = [
    { name: "b", address: "build1.example.com" },
    { name: "c", address: "192.0.2.11" },
  ];
  expect(clashes("clients", theirs, own)).toEqual(["clients[0].address"]);
});

test("what another stack has encrypted, or wrong, is passed over", () => {
  write("prod", {
    ...VALID,
    hostname: { secure: "v1:x" },
    nodes: "none",
    cephfs: { secure: "v1:x" },
    database: { host: "db.example.com", port: { secure: "v1:x" } },
    redis: { host: "redis.example.com", database: "many" },
    clients: [7, null],
  });
  expect(problemsOf(VALID)).toEqual([]);
});

test("structures that stand in a file as JSON are read too", () => {
  write("prod", { ...PROD, redis: JSON.stringify({ host: "redis.example.com" }) });
  expect(problemsOf(VALID).map(({ setting }) => setting)).toEqual(["redis.database"]);
});

test("a file that is no YAML is one problem of that file, and nothing of it is shown", () => {
  writeFileSync(join(folder, "Pulumi.broken.yaml"), "config:\n  a: Secret-1\n b: [Secret-2\n");
  write("prod", PROD);
  const problems = problemsOf(VALID);
  expect(problems).toEqual([
    {
      file: "Pulumi.broken.yaml",
      setting: "",
      message: expect.stringMatching(
        /^is no valid YAML \(line \d\), so nobody can tell what stack broken shares with this one; correct the file, or move it away$/,
      ),
    },
  ]);
  const { message } = new SettingsError(problems);
  expect(message).toContain("\n  Pulumi.broken.yaml\n    is no valid YAML");
  expect(message).not.toContain("Secret");
});

test.each([
  ["keys without the project's name", "config:\n  hostname: hub.example.com\n"],
  [
    "keys as earlier versions wrote them",
    "config:\n  harbor-ha:config:hostname: hub.example.com\n",
  ],
  [
    "merged keys",
    "base: &b\n  harbor-ha:hostname: hub.example.com\nconfig:\n  <<: *b\n  harbor-ha:port: 80\n",
  ],
])("%s are read as the CLI reads them", (_, text) => {
  writeFileSync(join(folder, "Pulumi.prod.yaml"), text);
  expect(problemsOf(VALID).map(({ setting }) => setting)).toEqual(["hostname"]);
});

test.each([
  ["an empty file", ""],
  ["a list", "- a\n"],
  ["no settings", "encryptionsalt: v1:x\nconfig:\n"],
  ["another project's settings", "config:\n  other:hostname: hub.example.com\n"],
])("%s says nothing", (_, text) => {
  writeFileSync(join(folder, "Pulumi.prod.yaml"), text);
  expect(problemsOf(VALID)).toEqual([]);
});

test("a stack is not compared with its own file, nor with files that are no stack's", () => {
  write("staging", VALID);
  write("prod", PROD);
  for (const name of ["Pulumi.yaml", "Pulumi.prod.yaml.orig", "Pulumi.old.yml", "notes.yaml"]) {
    writeFileSync(join(folder, name), "config:\n  harbor-ha:hostname: hub.example.com\n");
  }
  expect(problemsOf(VALID)).toEqual([]);
});

test("without a folder of stack files there is nothing to compare with", () => {
  expect(otherStacks(join(folder, "nowhere"), "harbor-ha", "staging")).toEqual([]);
});

describe("a predecessor", () => {
  test.each(["prod", "harbor-ha/prod"])("%s may have the same of everything", (predecessor) => {
    write("prod", VALID);
    expect(problemsOf({ ...VALID, predecessor })).toEqual([]);
  });
  test("of another project is no stack of this one", () => {
    write("prod", { hostname: "hub.example.com" });
    const problems = problemsOf({ ...VALID, predecessor: "other/prod" });
    expect(problems.map(({ setting }) => setting)).toEqual(["hostname"]);
  });
  test.each([
    ["staging", "staging", true],
    ["harbor-ha/staging", "staging", true],
    ["other/staging", "staging", false],
    [2024, "2024", true],
    [null, "null", false],
    [{ secure: "v1:x" }, "staging", false],
  ])("may have it as well by its own file, which names %j", (predecessor, stack, same) => {
    write("prod", { ...PROD, hostname: "hub.example.com", predecessor });
    expect(problemsOf(VALID, stack).length).toBe(same ? 0 : 1);
  });
  test("is one stack alone", () => {
    write("prod", VALID);
    write("third", { hostname: "hub.example.com" });
    const problems = problemsOf({ ...VALID, predecessor: "prod" });
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("which stack third has already"),
    ]);
  });
  test("is a stack's name", () => {
    expect(problemsOf({ ...VALID, predecessor: "a/b/c" })).toEqual([
      { setting: "predecessor", message: "must be a stack's name such as prod, or project/stack" },
    ]);
  });
});
