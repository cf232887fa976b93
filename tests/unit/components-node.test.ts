import {
  type Built,
  build,
  CLUSTER,
  inputOf,
  parametersOf,
  type Registered,
  SECRETS,
  valueOf,
} from "./fixtures/cluster";

let built: Built;
beforeAll(async () => (built = await build()));

const command = (name: string, among: Built = built): Registered =>
  among.resources.find(
    (resource) => resource.type.startsWith("command:") && resource.name === name,
  )!;

test("a node is reached directly, as another user, or through a bastion", () => {
  const common = { privateKey: SECRETS.sshKey, dialErrorLimit: 30, perDialTimeout: 15 };
  expect(command("hub1-stage").inputs["connection"]).toEqual({
    ...common,
    host: "192.0.2.11",
    port: 22,
    user: "root",
    hostKey: "ssh-ed25519 AAAA1",
  });
  expect(command("hub2-stage").inputs["connection"]).toEqual({
    ...common,
    host: "hub2.example.com",
    port: 2222,
    user: "ops",
  });
  expect(command("hub3-stage").inputs["connection"]).toEqual({
    ...common,
    host: "192.0.2.13",
    port: 22,
    user: "root",
    hostKey: "ssh-ed25519 AAAA3",
    proxy: { ...common, host: "192.0.2.11", port: 22, user: "jump", hostKey: "ssh-ed25519 AAAA1" },
  });
});

test("a user who is not root becomes it by sudo, for making and for taking away", () => {
  for (const { name, type, inputs } of built.resources) {
    if (type !== "command:remote:Command") continue;
    for (const text of [inputs["create"], inputs["delete"]]) {
      if (typeof text === "string")
        expect(text.includes("exec sudo -n env ")).toBe(name.startsWith("hub2-"));
    }
  }
});

test("a user for all nodes is not root's equal either", async () => {
  const other = await build({ ssh: { ...CLUSTER.ssh, user: "admin" } });
  expect(command("hub1-mount", other).inputs["create"]).toContain("exec sudo -n env ");
});

test("the stage command shows the files that land, with a name for each secret", () => {
  const stage = command("hub2-stage");
  const shown = String(stage.inputs["create"]);
  const names: Record<string, string> = {
    [SECRETS.database]: "databasePassword",
    [SECRETS.redis]: "redisPassword",
    "Secret-made-admin-password": "adminPassword",
    "Secret-made-ui-secret": "uiSecret",
    "Secret-made-jobservice-secret": "jobserviceSecret",
    "Secret-made-reload-key": "reloadKey",
    "Secret-token-key\n": "tokenKey",
    "token certificate\n": "tokenCertificate",
  };
  const { files } = inputOf(stage);
  expect(files.length).toBeGreaterThan(10);
  const texts = files.map(({ path, mode, content }) => {
    const hidden = Object.entries(names).reduce(
      (text, [secret, name]) => text.replaceAll(secret, `{{ ${name} }}`),
      // A digest covers secrets, so a preview cannot show it.
      path === "docker-compose.yml" ? content.replace(/\b[0-9a-f]{16}\b/g, "<digest>") : content,
    );
    return `=== ${path} (${mode})\n${hidden.replace(/\n$/, "")}\n`;
  });
  const start = shown.indexOf("=== ");
  const body = shown
    .slice(start, shown.lastIndexOf("RENDERED_FILES"))
    .replace(/\{\{ digest of the files of \w+ \}\}/g, "<digest>");
  expect(body).toBe(texts.join(""));
});

test("the stage command of a node reads as this", () => {
  const text = String(command("hub2-stage").inputs["create"]);
  expect(text.replace(/\(script [0-9a-f]{8}\)/, "(script <sum>)")).toMatchSnapshot();
});

test.each([
  ["preflight", ["preflight"], ["database_password", "redis_password"]],
  ["mount", ["mount", "unmount"], []],
  ["stage", ["stage", "unstage"], ["release_digest", "secretkey"]],
  ["schema", ["schema"], ["admin_password", "admin_user", "database_password"]],
  [
    "start",
    ["start", "stop"],
    [
      "adminPassword",
      "databasePassword",
      "jobserviceSecret",
      "keypair",
      "redisPassword",
      "redis_password",
      "release_digest",
      "reloadKey",
      "stamp",
      "tsig",
      "uiSecret",
    ],
  ],
])(
  "the %s step reads its scripts and the secrets that it needs, no others",
  (step, scripts, secrets) => {
    const input = inputOf(command(`hub1-${step}`));
    expect(input.scripts).toEqual(scripts);
    expect(Object.keys(input.secrets)).toEqual(secrets);
  },
);

test("the database's administrator is known to the schema step alone", () => {
  for (const resource of built.resources.filter(({ type }) => type === "command:remote:Command")) {
    const { secrets, files } = inputOf(resource);
    const text = JSON.stringify([secrets, files]);
    expect(text.includes(SECRETS.admin)).toBe(resource.name === "hub1-schema");
  }
});

test("the files of the mount hold the key and are for root alone", () => {
  const { files } = inputOf(command("hub3-mount"));
  expect(files.map(({ mode }) => mode)).toEqual(["0600", "0600"]);
  expect(files.map(({ content }) => content).join("")).toContain(SECRETS.cephKey);
});

test("the release's files with secrets are not for everyone", () => {
  const { files } = inputOf(command("hub1-stage"));
  for (const { content, mode } of files) {
    if (content.includes("Secret-")) expect(mode).toBe("0600");
  }
});

test("the installer is carried by the first node, which is told so", () => {
  const carrier = (node: string) =>
    parametersOf(command(`${node}-mount`).inputs["create"])["IS_CARRIER"];
  expect(["hub1", "hub2", "hub3"].map(carrier)).toEqual(["true", "false", "false"]);
  const path = `/mnt/cephfs/.harbor-ha/upload/${"5".repeat(64)}.tgz`;
  expect(JSON.parse(String(command("hub1-installer").inputs["stdin"]))).toMatchObject({
    node: "hub1",
    source: "harbor-offline-installer-v1.1.9.tgz",
    target: path,
  });
  expect(parametersOf(command("hub3-stage").inputs["create"])["ARCHIVE_PATH"]).toBe(path);
});

test("a node knows its peers, not itself", () => {
  expect(parametersOf(command("hub2-stage").inputs["create"])["PEERS"]).toBe("hub1 hub3");
  expect(parametersOf(command("hub2-start").inputs["create"])["PEERS"]).toBe(
    "hub1=192.0.2.11 hub3=192.0.2.13",
  );
});

test("records kept by hand need no server and no key", async () => {
  const manual = await build({ dns: undefined });
  const start = command("hub1-start", manual);
  const parameters = parametersOf(start.inputs["create"]);
  expect(parameters).toMatchObject({
    DNS_PROVIDER: "manual",
    DNS_TTL: "30",
    DOMAIN: "hub.example.com",
  });
  expect(
    Object.keys(parameters).filter((name) => /^(DNS_SERVER|DNS_ZONE|TSIG)/.test(name)),
  ).toEqual([]);
  expect(Object.keys(inputOf(start).secrets)).not.toContain("tsig");
});

test("a start runs again whenever its node's stage has run, and its text says nothing of it", async () => {
  const again = await build({}, undefined, { "hub2-stage": { stdout: "hub2: staged later\n" } });
  const start = (node: string, among: Built) => command(`${node}-start`, among).inputs;
  expect(inputOf(command("hub2-start", again)).secrets["stamp"]).toBe("hub2: staged later\n");
  expect(start("hub2", again)["create"]).toBe(start("hub2", built)["create"]);
  for (const node of ["hub1", "hub3"]) expect(start(node, again)).toEqual(start(node, built));
});

test("what a stage printed makes no secret of the release, nor of anything else", async () => {
  const { cluster } = built;
  expect(await valueOf(cluster.release)).toEqual({ value: "1.1.9", secret: false });
});

test("a node knows how long clients get before its proxy stops", async () => {
  const drain = (among: Built) =>
    parametersOf(command("hub1-start", among).inputs["create"])["DRAIN_TIMEOUT"];
  const other = await build({ rollout: { maxUnavailable: 1, drainTimeout: 45 } });
  expect([drain(built), drain(other)]).toEqual(["30", "45"]);
  expect(parametersOf(command("hub1-start", other).inputs["delete"])["DRAIN_TIMEOUT"]).toBe("45");
});

test("a changed setting changes the lines that it stands in, and no other host's commands", async () => {
  const changed = await build({ maxJobWorkers: 3 });
  const lines = (among: Built) =>
    new Set(String(command("hub1-stage", among).inputs["create"]).split("\n"));
  const added = [...lines(changed)].filter((line) => !lines(built).has(line));
  expect(added.length).toBeGreaterThan(0);
  for (const line of added) expect(line).toMatch(/\b3\b/);
  for (const step of ["preflight", "mount", "schema"]) {
    expect(command(`hub1-${step}`, changed).inputs).toEqual(command(`hub1-${step}`).inputs);
  }
  // The new digest is what restarts the node.
  expect(command("hub1-start", changed).inputs).not.toEqual(command("hub1-start").inputs);
});
