import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { labSettings } from "../../lab/stack-settings";
import type { Lab } from "../../lab/lab";
import { readSettings } from "../../settings";
import { otherStacks } from "../../settings/stack-files";
import { NOW } from "./fixtures/certificates";
import {
  type Given,
  PRIVATE_KEY,
  SECRETS,
  asEngine,
  read,
  withSecrets,
  withSetting,
} from "./fixtures/settings";

const HOST_KEY = `ssh-ed25519 ${"A".repeat(68)}`;

/** The settings of a stack file's text, without the project's name before each. */
function settingsOf(text: string): Given {
  const { config } = parse(text) as { config: Given };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^harbor-ha:/, ""), value]),
  );
}

test("the production example needs nothing but its secrets", () => {
  const given = settingsOf(readFileSync(join(__dirname, "../../Pulumi.prod.yaml"), "utf8"));
  const settings = read(withSecrets(given));
  expect(settings).toMatchObject({ hostname: "hub.example.com", port: 8070, protect: true });
  expect(settings.nodes).toHaveLength(3);
  expect(settings.dns).toMatchObject({ provider: "rfc2136", ttl: 30 });
});

const ROOT = join(__dirname, "../..");
const STACK_FILES = readdirSync(ROOT).filter((name) => /^Pulumi\..+\.yaml$/.test(name));

test("production and staging stand beside each other, with one release", () => {
  expect(STACK_FILES).toEqual(expect.arrayContaining(["Pulumi.prod.yaml", "Pulumi.staging.yaml"]));
  const of = (stack: string) =>
    settingsOf(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8"))["release"];
  expect(of("staging")).toEqual(of("prod"));
});

test.each(STACK_FILES)("%s is valid with its secrets and shares nothing with another", (file) => {
  const stack = file.slice("Pulumi.".length, -".yaml".length);
  const given = withSecrets(settingsOf(readFileSync(join(ROOT, file), "utf8")));
  // The lab writes the release into a copy.
  const release = { version: "1.1.2", installer: "./harbor.tgz" };
  const whole = stack === "lab" ? withSetting(given, "release", release) : given;
  const others = otherStacks(ROOT, "harbor-ha", stack);
  expect(others).toHaveLength(STACK_FILES.length - 1);
  const secretKeys = new Set(Object.keys(whole));
  expect(() =>
    readSettings({ values: asEngine(whole), secretKeys, stack, others }, NOW),
  ).not.toThrow();
});

test("the lab's settings are valid with what a lab adds", async () => {
  const lab: Lab = {
    nodes: [
      { name: "hub1", address: "198.51.100.11", user: "root", hostKey: HOST_KEY },
      { name: "hub2", address: "198.51.100.12", user: "ops", hostKey: HOST_KEY },
      {
        name: "hub3",
        address: "198.51.100.13",
        user: "root",
        hostKey: HOST_KEY,
        bastion: { address: "198.51.100.11", user: "root", hostKey: HOST_KEY },
      },
    ],
    client: { address: "198.51.100.61", user: "root", hostKey: HOST_KEY },
    sshPrivateKey: PRIVATE_KEY,
    ceph: { key: SECRETS["cephfs.key"] },
    database: { password: "Secret-db", admin: { password: "Secret-admin" } },
    redis: { password: "Secret-redis" },
    dns: { secret: "c2VjcmV0" },
  } as unknown as Lab;
  const { file, secrets } = await labSettings(
    lab,
    { installer: "/srv/release.tgz", version: "v1.1.2", https: true, airGapped: true },
    { values: { maxJobWorkers: 4 }, secrets: { secretkey: SECRETS.secretkey } },
  );
  for (const secret of Object.values(secrets)) expect(file).not.toContain(secret);
  const settings = read(
    Object.entries(secrets).reduce(
      (given, [setting, value]) => withSetting(given, setting, value),
      settingsOf(file),
    ),
  );
  expect(settings.release).toEqual({ version: "1.1.2", installer: "/srv/release.tgz" });
  expect(settings).toMatchObject({
    maxJobWorkers: 4,
    secretkey: SECRETS.secretkey,
    tls: { source: "private-ca", validityDays: 397 },
    installPackages: false,
    clients: [{ name: "client", address: "198.51.100.61", hostKey: HOST_KEY }],
  });
  expect(settings.dns).toMatchObject({ provider: "rfc2136", ttl: 5 });
  expect(settings.nodes.map(({ user, bastion }) => [user, bastion?.hostKey])).toEqual([
    [undefined, undefined],
    ["ops", undefined],
    [undefined, HOST_KEY],
  ]);
});
