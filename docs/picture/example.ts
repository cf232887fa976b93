import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { HarborClusterArgs } from "../../components/harbor-cluster";
import { releaseFiles } from "../../lab/release/installer";
import { STAND_INS } from "../../lab/release/versions";
import type { Installer } from "../../release/installer";
import { type Settings, readSettings } from "../../settings";

const EXAMPLE = "Pulumi.prod.yaml";

type Given = Record<string, unknown>;

/** Values for the secrets that the example leaves out. None of them can be in the picture. */
const SECRETS: Readonly<Record<string, unknown>> = {
  "ssh.privateKey": generateKeyPairSync("ed25519").privateKey.export({
    type: "pkcs8",
    format: "pem",
  }),
  "cephfs.key": `${"A".repeat(38)}==`,
  "database.password": "database-password",
  "database.admin.password": "administrator-password",
  "redis.password": "redis-password",
  "dns.tsig.secret": "c2VjcmV0IG9mIFRTSUc=",
};

/** Sets the value at a path such as `database.password`. */
function set(given: Given, setting: string, value: unknown): void {
  const parts = setting.split(".");
  const last = parts.pop()!;
  const place = parts.reduce<Given>((at, part) => (at[part] ??= {}) as Given, given);
  place[last] = value;
}

/** The settings of the example in Pulumi.prod.yaml, checked as a deployment checks them. */
export function exampleSettings(): Settings {
  const file = join(__dirname, "../..", EXAMPLE);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Given };
  const given: Given = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace(/^harbor-ha:/, ""), value]),
  );
  for (const [setting, value] of Object.entries(SECRETS)) set(given, setting, value);
  const values = Object.entries(given).map(
    ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return readSettings({
    values: Object.fromEntries(values),
    secretKeys: new Set(Object.keys(given)),
  });
}

/** A release of that version in the lab's shape: no real one is a part of this project. */
async function standIn(version: string): Promise<Installer> {
  const known = STAND_INS.find((name) => name === version);
  if (known === undefined) {
    throw new Error(
      `${EXAMPLE} names the release ${version}, of which the lab has no stand-in; ` +
        `name one of ${STAND_INS.join(", ")}, or add it to lab/release/versions.ts`,
    );
  }
  const files = (await releaseFiles(known)).map(
    ({ name, content }) => [name, content.toString("utf8")] as const,
  );
  return { version, files: new Map(files), sha256: "0".repeat(64), size: 0 };
}

/** What the example deploys, as the program's entry hands it to the cluster. */
export async function exampleCluster(): Promise<HarborClusterArgs> {
  const settings = exampleSettings();
  const installer = await standIn(settings.release.version.replace(/^v/, ""));
  return { ...settings, images: { source: "pull" }, installer };
}
