import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument, type YAMLSeq } from "yaml";
import { partsOf } from "../operate/new-stack/given-paths";
import type { Changes } from "./changes";
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

/** What of a variant the stack's settings say. */
export interface Deployed {
  /** Path of the installer, and the version that is in it. */
  readonly installer: string;
  readonly version: string;
  readonly https: boolean;
  readonly airGapped: boolean;
}

/**
 * The settings of the lab's stack: the project's Pulumi.lab.yaml with what this lab made.
 * @param changes further settings by path, for one run
 */
export async function labSettings(
  lab: Lab,
  deployed: Deployed,
  changes: Changes,
): Promise<StackSettings> {
  const document = parseDocument(
    await readFile(path.join(PROJECT_DIR, `Pulumi.${STACK}.yaml`), "utf8"),
  );
  const set = (setting: string, value: unknown) => {
    const [key, ...rest] = partsOf(setting);
    document.setIn(["config", `${PROJECT}:${String(key)}`, ...rest], document.createNode(value));
  };
  set("release.version", deployed.version.replace(/^v/, ""));
  set("release.installer", deployed.installer);
  if (deployed.https) set("tls", { source: "private-ca" });
  if (deployed.airGapped) set("installPackages", false);
  const nodes = ["config", `${PROJECT}:nodes`];
  const given = (document.getIn(nodes) as YAMLSeq).toJSON() as readonly { name: string }[];
  // From the last one on, so that the others keep their places.
  for (const [i, { name }] of [...given.entries()].reverse())
    if (!lab.nodes.some((node) => node.name === name)) document.deleteIn([...nodes, i]);
  lab.nodes.forEach((node, i) => {
    set(`nodes[${String(i)}].hostKey`, node.hostKey);
    if (node.bastion) set(`nodes[${String(i)}].bastion.hostKey`, node.bastion.hostKey);
  });
  const { address, hostKey, user } = lab.client;
  set("clients", [{ name: "client", address, user, hostKey }]);
  for (const [setting, value] of Object.entries(changes.values)) set(setting, value);
  return {
    file: String(document),
    secrets: {
      "ssh.privateKey": lab.sshPrivateKey,
      "cephfs.key": lab.ceph.key,
      "database.password": lab.database.password,
      "database.admin.password": lab.database.admin.password,
      "redis.password": lab.redis.password,
      "dns.tsig.secret": lab.dns.secret,
      ...changes.secrets,
    },
  };
}
