import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { ADVICE } from "../../operate/new-stack/advice";
import { readFlags, usage } from "../../operate/new-stack/flags";
import { meaningOf } from "../../operate/new-stack/meaning";
import { type NewStack, newStack } from "../../operate/new-stack/new-stack";
import type { Complaint } from "../../operate/new-stack/refusal";
import { QUESTIONS } from "../../operate/new-stack/questions";
import { remaining } from "../../operate/new-stack/remaining";
import { otherStacks } from "../../settings/stack-files";
import { type Given, read, withSecrets } from "./fixtures/settings";

const ROOT = join(__dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-new-stack-"));
  for (const name of ["Pulumi.yaml", "Pulumi.prod.yaml"])
    copyFileSync(join(ROOT, name), join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Makes a stack by flags; with answers, a person at a terminal gives them one after another. */
async function make(args: readonly string[], answers?: string[]) {
  const complaints: Complaint[] = [];
  const { given: flags } = readFlags(args, complaints);
  const asked: string[] = [];
  const said: string[] = [];
  const asking = answers && {
    ask: async (question: string) => {
      asked.push(question);
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`nobody answers: ${question}`);
      return answer;
    },
    say: (line: string) => void said.push(line),
  };
  const stacks = otherStacks(folder, "harbor-ha", "");
  const made = await newStack({ flags, complaints, project: "harbor-ha", stacks, asking });
  return { made, asked, said };
}

async function refused(args: readonly string[], answers?: string[]): Promise<string> {
  return make(args, answers).then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );
}

const configOf = ({ text }: NewStack) =>
  Object.fromEntries(
    Object.entries((parse(text) as { config: Given }).config).map(([key, value]) => [
      key.replace("harbor-ha:", ""),
      value,
    ]),
  );

const STAGING = [
  ...["--stack", "staging", "--from", "prod", "--hostname", "hub-staging.example.com"],
  ...["--node", "hub1=10.0.1.11", "--node", "hub2=ops@10.0.1.12"],
];

const ALONE = [
  ...["--stack", "third", "--hostname", "third.example.org", "--port", "80", "--tls", "private-ca"],
  ...["--release", "1.5.4", "--installer", "https://files.example.com/h.tgz"],
  ...["--sha256", "a".repeat(64), "--node", "hub3=192.0.2.13", "--ssh-user", "ops"],
  ...["--monitor", "10.0.0.21", "--monitor", "10.0.0.22:6789", "--cephfs-path", "/third"],
  ...["--cephfs-client", "third", "--mount-point", "/mnt/third", "--driver", "fuse"],
  ...["--database-host", "db.example.org", "--database-name", "third", "--database-user", "harbor"],
  ...["--database-admin-user", "root", "--redis-host", "redis.example.org"],
  ...["--redis-database", "3", "--dns-server", "ns.example.org", "--dns-zone", "example.org"],
  ...["--tsig-name", "third", "--ttl", "5", "--bastion", "192.0.2.1"],
  ...["--set", "nodes[0].bastion.port=2222", "--set", "protect=true"],
];

const SECRETS = [
  ...["ssh.privateKey", "cephfs.key", "database.password", "database.admin.password"],
  ...["redis.password", "dns.tsig.secret"],
];

test("takes every answer as a flag, and any other setting", async () => {
  const { made } = await make(ALONE);
  expect(configOf(made)).toEqual({
    hostname: "third.example.org",
    port: 80,
    tls: { source: "private-ca" },
    release: {
      version: "1.5.4",
      installer: "https://files.example.com/h.tgz",
      sha256: "a".repeat(64),
    },
    nodes: [{ name: "hub3", address: "192.0.2.13", bastion: { address: "192.0.2.1", port: 2222 } }],
    ssh: { user: "ops" },
    cephfs: {
      ...{ monitors: ["10.0.0.21", "10.0.0.22:6789"], path: "/third", client: "third" },
      ...{ mountPoint: "/mnt/third", driver: "fuse" },
    },
    database: { host: "db.example.org", name: "third", user: "harbor", admin: { user: "root" } },
    redis: { host: "redis.example.org", database: 3 },
    dns: {
      ...{ provider: "rfc2136", server: "ns.example.org", zone: "example.org", ttl: 5 },
      tsig: { name: "third" },
    },
    protect: true,
  });
  expect(made.pending).toEqual(SECRETS);
});

test("what is written is valid once its secrets are set", async () => {
  for (const args of [ALONE, STAGING]) {
    const { made } = await make(args);
    expect(() => read(withSecrets(configOf(made)))).not.toThrow();
  }
});

test("from another stack it takes what environments may share, and proposes what is free", async () => {
  const config = configOf((await make(STAGING)).made);
  const prod = configOf({
    text: readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8"),
  } as NewStack);
  expect(config).toMatchObject({
    release: prod["release"],
    cephfs: { ...(prod["cephfs"] as object), path: "/apps/harbor-staging" },
    database: { ...(prod["database"] as object), name: "registry_staging" },
    redis: { host: "redis.example.com", database: 1 },
    dns: prod["dns"],
  });
  expect(config["nodes"]).toEqual([
    { name: "hub1", address: "10.0.1.11" },
    { name: "hub2", address: "10.0.1.12", user: "ops" },
  ]);
  // Whether the engine guards the keys is each stack's own decision.
  expect(config).not.toHaveProperty("protect");
});

test("on servers of its own the same directory, database and index are free", async () => {
  const own = ["--monitor", "10.9.0.1", "--database-host", "db9.example.com"];
  const { made } = await make([...STAGING, ...own, "--redis-host", "redis9.example.com"]);
  expect(configOf(made)).toMatchObject({
    cephfs: { path: "/apps/harbor" },
    database: { name: "registry" },
    redis: { database: 0 },
  });
});

test("the next free index is none of any stack", async () => {
  const redis = "  harbor-ha:redis:\n    host: redis.example.com\n    database: 1\n";
  writeFileSync(join(folder, "Pulumi.other.yaml"), `config:\n${redis}`);
  expect(configOf((await make(STAGING)).made)["redis"]).toEqual({
    host: "redis.example.com",
    database: 2,
  });
});

test("encrypted settings of the other stack are never taken, and named where this one needs them", async () => {
  const more = [
    "  harbor-ha:proxy:\n    https:\n      secure: v1:proxy\n",
    "  harbor-ha:harborConfig:\n    email_password:\n      secure: v1:mail\n    email_server: mail.example.com\n",
    "  harbor-ha:secretkey:\n    secure: v1:key\n",
    "  harbor-ha:tls:\n    source: provided\n    certificate: of prod\n    key:\n      secure: v1:tls\n",
  ].join("");
  const file = join(folder, "Pulumi.prod.yaml");
  writeFileSync(file, `${readFileSync(file, "utf8")}${more}`);
  const { made } = await make(STAGING);
  expect(made.text).not.toMatch(/secure|v1:|of prod/);
  expect(configOf(made)).toMatchObject({
    tls: { source: "provided" },
    harborConfig: { email_server: "mail.example.com" },
  });
  expect(new Set(made.pending)).toEqual(
    new Set([
      ...SECRETS,
      "tls.certificate",
      "tls.key",
      "proxy.https",
      "harborConfig.email_password",
    ]),
  );
});

/** Writes the file of prod with another text of a setting, or with one more. */
function changeProd(setting: string, text: string): void {
  const file = join(folder, "Pulumi.prod.yaml");
  const rest = readFileSync(file, "utf8").replace(
    new RegExp(`^  harbor-ha:${setting}:.*\\n(    .*\\n)*`, "m"),
    "",
  );
  writeFileSync(file, `${rest}  harbor-ha:${setting}:${text}`);
}

describe("what is encrypted in the other stack", () => {
  test("is refused in plain text", async () => {
    changeProd("harborConfig", "\n    email_password:\n      secure: v1:a\n");
    changeProd("proxy", "\n    https:\n      secure: v1:b\n");
    const message = await refused([
      ...[...STAGING, "--set", "harborConfig.email_password=hunter2"],
      ...["--set", "proxy.https=http://u:hunter2@p.example.com:3128"],
    ]);
    for (const setting of ["harborConfig.email_password", "proxy.https"])
      expect(message).toContain(`--set '${setting}=…'\n    stands in plain text; set it with`);
    expect(message).not.toContain("hunter2");
  });

  test.each<[what: string, setting: string, text: string, more: string[], pending: string[]]>([
    ["a value that is given", "redis", "\n    host: {secure: v1:a}\n", ["--redis-host", "r9"], []],
    [
      "a value that is no secret here",
      "proxy",
      "\n    https: {secure: v1:a}\n",
      ["--set", "proxy.https=http://p.example.com:3128"],
      [],
    ],
    ["a structure with values of its own", "ssh", " {secure: v1:a}\n", [], []],
    ["a structure that nothing is known of", "rollout", " {secure: v1:a}\n", [], ["rollout"]],
    [
      "a structure in another one",
      "dns",
      "\n    provider: rfc2136\n    server: ns1.example.com\n    zone: example.com\n    tsig: {secure: v1:a}\n",
      ["--tsig-name", "qa"],
      [],
    ],
    [
      "a variant that was not chosen",
      "images",
      "\n    source: mirror\n    prefix: {secure: v1:a}\n",
      ["--set", "images.source=registry"],
      [],
    ],
    [
      "an item of a list",
      "proxy",
      "\n    http: http://p.example.com:3128\n    noProxy: [a.example.com, {secure: v1:a}]\n",
      [],
      ["proxy.noProxy[0]", "proxy.noProxy[1]"],
    ],
  ])(
    "%s is named where it is to be set, and nowhere else",
    async (_, setting, text, more, pending) => {
      changeProd(setting, text);
      const { made } = await make([...STAGING, ...more]);
      expect(new Set(made.pending)).toEqual(new Set([...SECRETS, ...pending]));
    },
  );

  test("keeps no mistake of its structure from being said", async () => {
    changeProd("proxy", "\n    https: {secure: v1:a}\n");
    expect(await refused([...STAGING, "--set", "proxy=none"])).toContain("must be a structure");
  });
});

describe("from another stack", () => {
  test.each<[what: string, more: string[], message: RegExp]>([
    [
      "another installer needs its own sum",
      ["--installer", "https://files.example.com/h.tgz"],
      /--sha256 \(release\.sha256\)\n {4}is required when release\.installer is a URL/,
    ],
    [
      "another archive of images too",
      ["--set", "images.archive=https://files.example.com/i.tgz"],
      /--set 'images\.sha256=…'\n {4}is required when images\.archive is a URL/,
    ],
  ])("%s", async (_, more, message) => {
    const sum = "a".repeat(64);
    const url = "https://old.example.com/a.tgz";
    changeProd("release", `\n    version: 1.1.2\n    installer: ${url}\n    sha256: ${sum}\n`);
    changeProd("images", `\n    source: archive\n    archive: ${url}\n    sha256: ${sum}\n`);
    expect(configOf((await make(STAGING)).made)["release"]).toMatchObject({ sha256: sum });
    expect(await refused([...STAGING, ...more])).toMatch(message);
  });

  test("another source of images takes the place of its own", async () => {
    changeProd("images", "\n    source: mirror\n    prefix: registry.example.com/harbor\n");
    const { made } = await make([...STAGING, "--set", "images.source=registry"]);
    expect(configOf(made)["images"]).toEqual({ source: "registry" });
  });

  test("its administrator can be declined", async () => {
    const { made } = await make([...STAGING, "--database-admin-user", "none"]);
    expect(configOf(made)["database"]).not.toHaveProperty("admin");
    expect(made.pending).not.toContain("database.admin.password");
  });
});

test("a sum is written also for an installer with a path", async () => {
  const { made } = await make([...STAGING, "--sha256", "b".repeat(64)]);
  expect(configOf(made)["release"]).toMatchObject({ sha256: "b".repeat(64) });
});

test("a node with a bastion of its own keeps it", async () => {
  const more = ["--bastion", "b.example.com", "--set", "nodes[0].bastion.address=c.example.com"];
  const { made } = await make([...STAGING, ...more]);
  expect(configOf(made)["nodes"]).toMatchObject([
    { bastion: { address: "c.example.com" } },
    { bastion: { address: "b.example.com" } },
  ]);
});

test("the head says which of the settings to be set is no secret", async () => {
  const { made } = await make([...STAGING, "--tls", "provided"]);
  expect(made.text).toContain("#   tls.key\n");
  expect(made.text).toContain("#   tls.certificate (no secret: without --secret)\n");
  const left = remaining(made, "harbor-ha", "Pulumi.staging.yaml");
  expect(left).toContain(" --stack staging --path 'harbor-ha:tls.certificate'");
});

test("a choice of words has all of them in its comment", async () => {
  const more = ["--set", "dns.tsig.algorithm=hmac-sha512", "--set", "database.kind=mysql"];
  const text = (await make([...STAGING, ...more])).made.text.replace(/\n *# /g, " ");
  expect(text).toContain(
    "Allowed: hmac-sha256 or hmac-sha384 or hmac-sha512. Default: hmac-sha256.",
  );
  expect(text).toContain("Allowed: mysql or postgresql. Default: mysql.");
  expect(text).toContain("Allowed: kernel or fuse. Default: kernel.");
});

test("the advice is about settings that there are", () => {
  const none = Object.keys(ADVICE).filter((setting) => {
    const [first, ...rest] = setting.split(".");
    const inList = first === "nodes" && rest.length > 0;
    return meaningOf(inList ? [first, 0, ...rest] : setting.split(".")) === undefined;
  });
  expect(none).toEqual([]);
});

test("every setting that is written has a comment above it", async () => {
  const lines = (await make(ALONE)).made.text.split("\n");
  const body = lines.slice(lines.indexOf("config:") + 1);
  const uncommented = body.filter(
    (line, i) => /^\s*(- )?[\w:-]+:( |$)/.test(line) && !/^\s*#/.test(body[i - 1] ?? ""),
  );
  expect(uncommented).toEqual([]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  expect(lines.join("\n")).toContain("ssh-keyscan -t ed25519");
  expect(lines.join("\n")).toContain(
    "  # The port that clients use, on every node. Default: 8070.",
  );
});

test("the same answers give the same bytes, whatever the order of the flags", async () => {
  const { text } = (await make(ALONE)).made;
  const turned = [
    "--ttl",
    "5",
    ...ALONE.filter((_, i) => ALONE[i - 1] !== "--ttl" && ALONE[i] !== "--ttl"),
  ];
  expect((await make(turned)).made.text).toBe(text);
});

test("what is left to do has every secret and no value", async () => {
  const { made } = await make(STAGING);
  const text = remaining(made, "harbor-ha", "Pulumi.staging.yaml");
  const commands = text.split("\n").filter((line) => line.startsWith("  pulumi "));
  expect(commands).toEqual([
    "  pulumi stack init staging",
    "  pulumi config set --stack staging --secret --path 'harbor-ha:ssh.privateKey' < ~/.ssh/id_ed25519",
    ...SECRETS.slice(1).map(
      (name) => `  pulumi config set --stack staging --secret --path 'harbor-ha:${name}'`,
    ),
    "  pulumi preview --stack staging --diff",
    "  pulumi up --stack staging",
  ]);
  expect(text).toContain("2 nodes behind hub-staging.example.com:8070");
  expect(text).toContain("the empty database registry_staging");
  expect(text).toContain(
    "the installer ./harbor-offline-installer-v1.1.2.tgz, which the preview reads",
  );
});

describe("refused, with everything at once", () => {
  test("what is missing", async () => {
    expect(await refused([])).toMatch(
      /^9 problems; nothing was written\.\n\n {2}--stack\n {4}is missing: .*--hostname.*--release.*--installer.*--node.*--monitor.*--database-host.*--database-user.*--redis-host/s,
    );
  });

  test("what is wrong, with the flag to change", async () => {
    const message = await refused([
      ...[
        "--stack",
        "prod",
        "--from",
        "nobody",
        "--hostname",
        "hub",
        "--port",
        "x",
        "--node",
        "hub1",
      ],
      ...[
        "--tls",
        "some",
        "--dns",
        "some",
        "--redis-database",
        "16",
        "--set",
        "nodse=1",
        "--set",
        "x",
      ],
    ]);
    for (const [where, what] of [
      ["--stack", "is prod, whose file Pulumi.prod.yaml is there already"],
      ["--from", "is nobody, which has no file here; there are prod"],
      ["--hostname (hostname)", "must be a DNS name such as hub.example.com"],
      ["--port (port)", "must be a TCP port"],
      ["--node (nodes[0])", "must be NAME=ADDRESS or NAME=USER@ADDRESS"],
      ["--tls (tls.source)", "must have a source: none, provided or private-ca"],
      ["--dns (dns.provider)", "must have a provider: rfc2136 or manual"],
      ["--redis-database (redis.database)", "must be a Redis database index"],
      ["--set 'nodse=…'", "is not a setting; did you mean nodes?"],
      ["--set", "must be SETTING=VALUE"],
    ]) {
      expect(message).toContain(`\n  ${where}\n    ${what}`);
    }
  });

  test("what another stack has", async () => {
    const message = await refused([
      ...["--stack", "staging", "--from", "prod", "--hostname", "hub.example.com"],
      ...[
        "--node",
        "a=10.0.0.11",
        "--cephfs-path",
        "/apps",
        "--set",
        "cephfs.dataDirectory=harbor",
      ],
      ...["--database-name", "registry", "--redis-database", "0"],
    ]);
    expect(message).toMatch(/^5 problems/);
    for (const flag of ["hostname", "node", "cephfs-path", "database-name", "redis-database"]) {
      expect(message).toMatch(new RegExp(`\n {2}--${flag} .*\n.*stack prod`));
    }
  });

  test("a secret, which is not shown", async () => {
    const set = ["--set", "database.password=Secret-1", "--database-password", "Secret-2"];
    const message = await refused([...STAGING, ...set]);
    expect(message).toContain("--set 'database.password=…'\n    stands in plain text; set it with");
    expect(message).toContain("--database-password\n    is no flag: a secret is set afterwards");
    expect(message).not.toContain("Secret-");
  });

  test.each<[what: string, more: string[], lines: readonly string[]]>([
    [
      "a setting beside its flag",
      ["--set", "hostname=a.example.com"],
      ["--set 'hostname=…'", "is given by --hostname as well; leave one of the two out"],
    ],
    [
      "a structure beside a flag of it",
      ["--tls", "none", "--set", "tls=none"],
      ["--set 'tls=…'", "is given by --tls as well; leave one of the two out"],
    ],
    [
      "a node's address beside it",
      ["--set", "nodes[1].address=10.0.1.13"],
      ["--set 'nodes[1].address=…'", "is given by --node as well; leave one of the two out"],
    ],
    [
      "a setting twice",
      ["--set", "port=1", "--set", "port=2"],
      ["--set 'port=…'", "is given twice; once is enough"],
    ],
    [
      "a flag where a value should be",
      ["--installer", "--ttl=5"],
      ["--installer", "needs a value"],
    ],
    [
      "an administrator who is declined and named",
      ["--database-admin-user", "none", "--set", "database.admin.user=root"],
      [
        "--set 'database.admin.user=…'",
        "is given by --database-admin-user as well; leave one of the two out",
      ],
    ],
    [
      "a bastion that is none",
      ["--bastion", "a b"],
      ["--bastion (nodes[0].bastion.address)", "must be an IPv4 address or a DNS name"],
    ],
    [
      "a node that is none, beside a bastion",
      ["--node", "hub3=", "--bastion", "b.example.com"],
      ["--node (nodes[2])", "must be NAME=ADDRESS or NAME=USER@ADDRESS, such as hub1=10.0.0.11"],
    ],
    [
      "a setting of another variant",
      ["--tls", "none", "--set", "tls.validityDays=90"],
      [
        "--set 'tls.validityDays=…'",
        "is not a setting with tls.source none, but with private-ca; take it out, or change tls.source",
      ],
    ],
    [
      "a release that there is no program for",
      ["--release", "1.6.0"],
      [
        "--release (release.version)",
        "is 1.6.0, which this program cannot deploy; it knows Harbor 1.1 to 1.5",
      ],
    ],
  ])("%s", async (_, more, [where, what]) => {
    const message = await refused([...STAGING, ...more]);
    expect(message).toContain(`\n  ${where}\n    ${what}`);
    expect(message).not.toMatch(/database\.kind|did you mean/);
  });

  test.each(["-x", ".x", "_x"])("%s as a stack's name", async (name) => {
    expect(await refused([`--stack=${name}`, ...STAGING.slice(2)])).toContain(
      "the first a letter or a digit",
    );
  });

  test("another stack's file that nobody can read", async () => {
    writeFileSync(join(folder, "Pulumi.broken.yaml"), "a: [");
    expect(await refused(STAGING)).toContain(
      "\n  Pulumi.broken.yaml\n    is no valid YAML (line 1)",
    );
  });

  test("flags that say nothing", async () => {
    const message = await refused([
      ...STAGING,
      "--dns",
      "manual",
      "--dns-zone",
      "example.com",
      "--hostnme",
      "x",
    ]);
    expect(message).toMatch(/--hostnme\n {4}is no flag; did you mean --hostname\?/);
    expect(message).toContain("--dns-zone\n    means something with --dns rfc2136 alone");
  });
});

describe("on a terminal", () => {
  test("asks for what no flag says, proposes, and asks again where an answer cannot be taken", async () => {
    const { made, asked, said } = await make(
      [...STAGING.slice(0, 4), "--hostname", "hub-staging.example.com"],
      [
        ...["", "", "1.1", "", ""], // port, tls, a release that is none, then the proposed one, installer
        ...["hub1", "hub1=10.0.0.11", "hub1=10.0.1.11", "hub2=ops@10.0.1.12", ""], // nodes
        ...["", "", "", "", "", ""], // ssh user, monitors, path, client, mount point, driver
        ...["", "registry", "", "", ""], // database host, name, user, administrator
        ...["", "", "", "", "", "", ""], // Redis host, index, DNS
      ],
    );
    expect(made.text).toBe((await make(STAGING)).made.text);
    expect(said).toEqual([
      "  must be a Harbor release such as 1.1.2",
      "  must be NAME=ADDRESS or NAME=USER@ADDRESS, such as hub1=10.0.0.11",
      expect.stringMatching(/^ {2}is "10\.0\.0\.11", which stack prod has already/),
      expect.stringMatching(/^ {2}is "registry on galera\.example\.com:3306", which stack prod/),
    ]);
    expect(asked).toContain("Directory of the file system for this stack [/apps/harbor-staging]: ");
    expect(asked.join("\n")).not.toMatch(/password|secret/i);
  });

  test("asks for the name first, which has to be new, and for a stack to take answers from", async () => {
    const { made, asked } = await make(STAGING.slice(4), [
      "prod",
      "a b",
      "staging",
      "nobody",
      "prod",
      ...Array<string>(30).fill(""),
    ]);
    expect(made.stack).toBe("staging");
    expect(asked.slice(0, 5)).toEqual([
      ...Array<string>(3).fill("Name of the new stack: "),
      ...Array<string>(2).fill("Stack whose answers are proposed, of prod (empty: none): "),
    ]);
  });

  test.each<[what: string, flags: string[], where: string]>([
    ["a flag that is none", ["--hostnme", "x"], "--hostnme"],
    ["a flag's value", ["--port", "99999"], "--port (port)"],
    ["a bastion", ["--bastion", "a b"], "--bastion (nodes[0].bastion.address)"],
    ["a setting's value", ["--set", "maxJobWorkers=0"], "--set 'maxJobWorkers=…'"],
    ["a name that is taken", ["--stack", "prod"], "--stack"],
    ["flags that rule each other out", ["--dns", "manual", "--dns-server", "a.b"], "--dns-server"],
  ])("asks nothing where %s is wrong in any case", async (_, flags, where) => {
    const stack = flags[0] === "--stack" ? [] : ["--stack", "qa"];
    const message = await refused([...stack, "--from", "prod", ...flags], []);
    expect(message).toContain(`1 problem; nothing was written.\n\n  ${where}\n`);
  });

  test("asks nothing where a file is wrong", async () => {
    writeFileSync(join(folder, "Pulumi.broken.yaml"), "config: [a");
    expect(await refused([], [])).toMatch(/^1 problem.*\n {2}Pulumi\.broken\.yaml\n/s);
  });

  test("asks nothing where the other stack has what nobody is asked for, and it is wrong", async () => {
    changeProd("healthTimeout", " 1\n");
    const message = await refused(["--stack", "qa", "--from", "prod"], []);
    expect(message).toContain("--set 'healthTimeout=…'");
  });

  /** Says nothing to all questions but some, by their beginnings. */
  async function talk(args: readonly string[], answers: Readonly<Record<string, string[]>>) {
    const said: string[] = [];
    const asking = {
      ask: async (question: string) => {
        const [, replies = []] =
          Object.entries(answers).find(([start]) => question.startsWith(start)) ?? [];
        return replies.shift() ?? "";
      },
      say: (line: string) => void said.push(line),
    };
    const { given: flags } = readFlags(args, []);
    const stacks = otherStacks(folder, "harbor-ha", "");
    const made = await newStack({ flags, complaints: [], project: "harbor-ha", stacks, asking });
    return { config: configOf(made), said };
  }

  test("asks again where what it proposed cannot be taken", async () => {
    const args = [...STAGING, "--hostname", "hub.qa.example.net"];
    args.splice(4, 2);
    const { config, said } = await talk(args, { "Zone that": ["", "qa.example.net"] });
    expect(config["dns"]).toMatchObject({ zone: "qa.example.net" });
    expect(said).toEqual([expect.stringContaining("does not hold the hostname")]);
  });

  test("asks for what a flag said where other answers have made it wrong", async () => {
    const args = ["--stack", "qa", "--hostname", "qa.example.com", "--node", "a=10.0.9.1"];
    const { config, said } = await talk([...args, "--dns", "manual", "--redis-database", "0"], {
      "Harbor release": ["1.1.2"],
      "Its installer": ["./h.tgz"],
      "Ceph monitor": ["10.9.0.1"],
      "Address of the": ["db9.example.com"],
      "Harbor's account": ["harbor"],
      "Address of Redis": ["redis.example.com"],
    });
    expect(config["redis"]).toEqual({ host: "redis.example.com", database: 1 });
    expect(said).toEqual([expect.stringContaining("which stack prod has already")]);
  });

  test("takes none for no administrator", async () => {
    const { config } = await talk(STAGING, { Administrator: ["none"] });
    expect(config["database"]).not.toHaveProperty("admin");
  });
});

describe("the program", () => {
  const run = (...args: string[]) =>
    spawnSync(
      process.execPath,
      ["--require", "./loader.js", "operate/new-stack/main.ts", "--folder", folder, ...args],
      { cwd: ROOT, encoding: "utf8" },
    );
  const file = () => join(folder, "Pulumi.staging.yaml");

  test("writes the file once, and says what is left to do", () => {
    const { status, stdout, stderr } = run(...STAGING);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Pulumi\.staging\.yaml is written: .*pulumi up --stack staging\n$/s);
    const text = readFileSync(file(), "utf8");
    const again = run(...STAGING, "--port", "80");
    expect(again).toMatchObject({ status: 1, stdout: "" });
    expect(again.stderr).toMatch(/^new-stack: 1 problem; nothing was written\..*is there already/s);
    expect(readFileSync(file(), "utf8")).toBe(text);
  });

  test("writes nothing where something is wrong, and without a terminal does not ask", () => {
    const { status, stderr } = run("--stack", "staging");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^new-stack: 8 problems; nothing was written\./);
    expect(existsSync(file())).toBe(false);
  });

  test("wants a folder with a project", () => {
    rmSync(join(folder, "Pulumi.yaml"));
    expect(run(...STAGING).stderr).toContain("has no Pulumi.yaml with a project's name");
    expect(existsSync(file())).toBe(false);
  });

  test("--help names every flag", () => {
    expect(run("--help").stdout).toBe(usage());
    for (const { flag } of QUESTIONS) expect(usage()).toMatch(new RegExp(`^ {2}--${flag} `, "m"));
  });
});
