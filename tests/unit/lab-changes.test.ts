import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { NO_CHANGES, readChanges, readNodes } from "../../lab/changes";
import type { Lab } from "../../lab/lab";
import { labSettings } from "../../lab/stack-settings";

const HOST_KEY = "ssh-ed25519 AAAA";
const LAB = {
  nodes: [
    { name: "hub1", address: "198.51.100.11", user: "root", hostKey: HOST_KEY },
    { name: "hub2", address: "198.51.100.12", user: "ops", hostKey: HOST_KEY },
    { name: "hub3", address: "198.51.100.13", user: "root", hostKey: "ssh-ed25519 BBBB" },
  ],
  client: { address: "198.51.100.61", user: "root", hostKey: HOST_KEY },
  sshPrivateKey: "ssh key",
  ceph: { key: "ceph key" },
  database: { password: "database password", admin: { password: "admin password" } },
  redis: { password: "redis password" },
  dns: { secret: "tsig" },
} as unknown as Lab;
const DEPLOYED = { installer: "/harbor.tgz", version: "v1.5.3", https: false, airGapped: false };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-changes-"));
  file = join(folder, "key.pem");
  writeFileSync(file, "line 1\nline=2\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("changes", () => {
  test("values are numbers, switches and texts, also such with an equals sign", async () => {
    const set = ["port=80", "protect=true", "a.b=", "harborConfig.ldap_filter=(cn=x)"];
    expect(await readChanges(set, [])).toEqual({
      values: { port: 80, protect: true, "a.b": "", "harborConfig.ldap_filter": "(cn=x)" },
      secrets: {},
    });
  });

  test("a file's text is taken as it is", async () => {
    expect(await readChanges([`tls.ca=@${file}`], [`tls.key=@${file}`])).toEqual({
      values: { "tls.ca": "line 1\nline=2\n" },
      secrets: { "tls.key": "line 1\nline=2\n" },
    });
  });

  test("nodes are a list of those that the lab has, in its order", () => {
    expect(readNodes("hub3,hub1")).toEqual(["hub1", "hub3"]);
    expect(readNodes(undefined)).toEqual(["hub1", "hub2", "hub3"]);
    expect(() => readNodes("hub1,hub4")).toThrow(
      "--nodes hub1,hub4: must be some of hub1, hub2, hub3, with commas between them",
    );
  });

  test("everything that is wrong is one error, which shows no secret", async () => {
    const missing = join(folder, "missing");
    const secrets = ["tls.key=swordfish", "swordfish=", `redis.password=@${missing}`];
    await expect(readChanges(["port", "=1", `tls.ca=@${missing}`], secrets)).rejects.toThrow(
      [
        "--set port: must be SETTING=VALUE or SETTING=@FILE",
        "--set =1: must be SETTING=VALUE or SETTING=@FILE",
        `--set tls.ca: ${missing} cannot be read (ENOENT)`,
        "--set-secret tls.key: must be SETTING=@FILE, so that nobody sees the value",
        "--set-secret swordfish: must be SETTING=@FILE, so that nobody sees the value",
        `--set-secret redis.password: ${missing} cannot be read (ENOENT)`,
      ].join("\n"),
    );
  });
});

describe("the lab's settings", () => {
  const configOf = async (deployed: typeof DEPLOYED, changes = NO_CHANGES, lab = LAB) => {
    const { file: text, secrets } = await labSettings(lab, deployed, changes);
    const { config } = parse(text) as { config: Record<string, unknown> };
    return { secrets, setting: (name: string) => config[`harbor-ha:${name}`] };
  };

  test("name the release, the hosts' keys and the client", async () => {
    const { setting } = await configOf(DEPLOYED);
    expect(setting("release")).toEqual({ version: "1.5.3", installer: "/harbor.tgz" });
    expect(setting("nodes")).toMatchObject([{ hostKey: HOST_KEY }, { hostKey: HOST_KEY }, {}]);
    expect(setting("clients")).toEqual([
      { name: "client", address: "198.51.100.61", user: "root", hostKey: HOST_KEY },
    ]);
    expect(setting("tls")).toBeUndefined();
    expect(setting("installPackages")).toBeUndefined();
  });

  test("say HTTPS and the air gap where they are chosen", async () => {
    const { setting } = await configOf({ ...DEPLOYED, https: true, airGapped: true });
    expect(setting("tls")).toEqual({ source: "private-ca" });
    expect(setting("installPackages")).toBe(false);
  });

  test("leave out the nodes that are not meant", async () => {
    const nodes = LAB.nodes.filter(({ name }) => name !== "hub1");
    const { setting } = await configOf(DEPLOYED, NO_CHANGES, { ...LAB, nodes });
    expect(setting("nodes")).toMatchObject([
      { name: "hub2", user: "ops", hostKey: HOST_KEY },
      { name: "hub3", bastion: { address: "198.51.100.11" }, hostKey: "ssh-ed25519 BBBB" },
    ]);
  });

  test("a change goes before all of it, and a secret stands in no file", async () => {
    const { secrets, setting } = await configOf(
      { ...DEPLOYED, https: true },
      {
        values: { "tls.source": "provided", "tls.ca": "line 1\nline 2\n", "nodes[1].user": "me" },
        secrets: { "tls.key": "swordfish", "redis.password": "another" },
      },
    );
    expect(setting("tls")).toEqual({ source: "provided", ca: "line 1\nline 2\n" });
    expect(setting("nodes")).toMatchObject([{}, { user: "me" }, {}]);
    expect(secrets).toMatchObject({ "tls.key": "swordfish", "redis.password": "another" });
    expect(secrets).toMatchObject({ "database.password": "database password" });
  });
});
