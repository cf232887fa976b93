import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument } from "yaml";
import type { Lab } from "./lab";

export const PROJECT_DIR = path.resolve(__dirname, "..");
export const PROJECT = "harbor-ha";
export const STACK = "lab";

/** The stack's settings: a stack file's text, and what is added to it by the CLI, encrypted. */
export interface StackSettings {
  readonly file: string;
  /** Values by path, such as `database.password`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A path such as `nodes[0].hostKey` in parts. */
function partsOf(setting: string): (string | number)[] {
  return setting
    .split(/[.[\]]+/)
    .filter((part) => part !== "")
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function plainValue(text: string): string | number | boolean {
  if (/^\d+$/.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text;
}

/**
 * The settings of the lab's stack: the project's Pulumi.lab.yaml with what this lab made.
 * @param changes further settings by path, for one run
 */
export async function labSettings(
  lab: Lab,
  release: { installer: string; version: string },
  changes: Readonly<Record<string, string>> = {},
): Promise<StackSettings> {
  const document = parseDocument(
    await readFile(path.join(PROJECT_DIR, `Pulumi.${STACK}.yaml`), "utf8"),
  );
  const set = (setting: string, value: string | number | boolean) => {
    const [key, ...rest] = partsOf(setting);
    document.setIn(["config", `${PROJECT}:${String(key)}`, ...rest], value);
  };
  set("release.version", release.version.replace(/^v/, ""));
  set("release.installer", release.installer);
  lab.nodes.forEach((node, i) => {
    set(`nodes[${String(i)}].hostKey`, node.hostKey);
    if (node.bastion) set(`nodes[${String(i)}].bastion.hostKey`, node.bastion.hostKey);
  });
  for (const [setting, value] of Object.entries(changes)) set(setting, plainValue(value));
  return {
    file: String(document),
    secrets: {
      "ssh.privateKey": lab.sshPrivateKey,
      "cephfs.key": lab.ceph.key,
      "database.password": lab.database.password,
      "database.admin.password": lab.database.admin.password,
      "redis.password": lab.redis.password,
      "dns.tsig.secret": lab.dns.secret,
    },
  };
}
