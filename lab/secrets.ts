import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureHostCommands } from "./host-packages";
import type { Report } from "./report";
import { run } from "./shell";
import { HOSTS, LAB_DIR, type HostName } from "./topology";

export interface SshKeyPair {
  /** OpenSSH private key format. */
  readonly privateKey: string;
  /** One line: `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

export interface Secrets {
  /** Password of the database user that Harbor has. */
  readonly databasePassword: string;
  readonly databaseAdminPassword: string;
  readonly redisPassword: string;
  /** TSIG secret, base64. */
  readonly dnsSecret: string;
  readonly ssh: SshKeyPair;
  /** Made here and put into the hosts, so that they are known before the first connection. */
  readonly hostKeys: Readonly<Record<HostName, SshKeyPair>>;
}

const SECRETS_FILE = path.join(LAB_DIR, "secrets.json");

/** The SSH key as a file, for looking at nodes by hand. */
export const SSH_KEY_FILE = path.join(LAB_DIR, "id_ed25519");

async function generateKeyPair(): Promise<SshKeyPair> {
  const folder = await mkdtemp(path.join(tmpdir(), "harbor-ha-key-"));
  try {
    const file = path.join(folder, "key");
    await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
    const publicKey = (await readFile(`${file}.pub`, "utf8")).trim();
    return { privateKey: await readFile(file, "utf8"), publicKey };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function generate(): Promise<Secrets> {
  const hostKeys = {} as Record<HostName, SshKeyPair>;
  for (const name of HOSTS) hostKeys[name] = await generateKeyPair();
  return {
    databasePassword: randomBytes(16).toString("hex"),
    databaseAdminPassword: randomBytes(16).toString("hex"),
    redisPassword: randomBytes(16).toString("hex"),
    dnsSecret: randomBytes(32).toString("base64"),
    ssh: await generateKeyPair(),
    hostKeys,
  };
}

async function writePrivate(file: string, text: string): Promise<void> {
  const partial = `${file}.new`;
  await rm(partial, { force: true });
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, file);
}

/** The lab's secrets: made once, then read from the state folder. */
export async function ensureSecrets(report: Report): Promise<Secrets> {
  await mkdir(LAB_DIR, { recursive: true, mode: 0o700 });
  const text = await readFile(SECRETS_FILE, "utf8").catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Secrets;
  await ensureHostCommands({ "ssh-keygen": "openssh-client" }, report);
  const secrets = await generate();
  await writePrivate(SSH_KEY_FILE, secrets.ssh.privateKey);
  await writePrivate(SECRETS_FILE, `${JSON.stringify(secrets, null, 2)}\n`);
  report(`secrets: made in ${SECRETS_FILE}`);
  return secrets;
}
