import path from "node:path";
import { readFile } from "node:fs/promises";
import { nodeExec, type Lab } from "../../lab/lab";
import { up } from "../../lab/infrastructure";
import type { Deployment } from "../../lab/proof/check";
import { run, sleep, waitFor, type Output } from "../../lab/shell";
import { BYSTANDER } from "../../lab/client";
import { DOMAIN, LAB_DIR, type HostName } from "../../lab/topology";
import { FIRST_VARIANT, rememberedVariant } from "../../lab/variant";

const ROOT = path.resolve(__dirname, "../..");

/** Runs `npm run lab -- ARGS` as a person would; its output stands in the test's log. */
export async function lab(...args: string[]): Promise<Output & { readonly text: string }> {
  // Jest says nothing before a file is done.
  process.stderr.write(
    `${new Date().toISOString().slice(11, 19)} npm run lab -- ${args.join(" ")}\n`,
  );
  const output = await run("npm", ["run", "--silent", "lab", "--", ...args], {
    cwd: ROOT,
    mayFail: true,
    env: { NO_COLOR: "1" },
  });
  return { ...output, text: output.stdout + output.stderr };
}

/** The same, where it must succeed. */
export async function labSucceeds(...args: string[]): Promise<string> {
  const { code, text } = await lab(...args);
  if (code !== 0)
    throw new Error(`npm run lab -- ${args.join(" ")} ended with ${String(code)}:\n${text}`);
  return text;
}

/** Brings the lab's machines up (a no-op when they are) and describes them. */
export async function machines(): Promise<Lab> {
  const { airGapped } = (await rememberedVariant()) ?? FIRST_VARIANT;
  return up(() => undefined, airGapped);
}

/** Runs a script on a host as root; it must succeed. */
export async function on(host: HostName, script: string, input?: string): Promise<string> {
  const options = input === undefined ? {} : { input };
  return (await nodeExec(host, script, options)).stdout.trim();
}

/** One line of numbers in the test's log. */
export function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

/** The deployment over HTTP that is there, as clients know it. */
export async function deployedOver(described: Lab): Promise<Deployment> {
  const adminPassword = (await lab("password")).stdout.trim();
  return { lab: described, url: new URL(`http://${DOMAIN}:8070`), adminPassword, airGapped: false };
}

/** Since when the client's own container has been running: it says whether it was restarted. */
export async function bystanderStart(): Promise<string> {
  return on(
    "client",
    `docker inspect -f '{{.State.Running}} {{.State.StartedAt}}' ${BYSTANDER} | grep ^true`,
  );
}

/** Reboots a node and waits until Harbor's service is there again. */
export async function reboot(node: HostName): Promise<void> {
  const start = "stat -c %Z /proc/1";
  const before = await on(node, start);
  await on(node, "systemctl reboot").catch(() => "");
  await sleep(5);
  await waitFor(
    `${node} to be back`,
    async () => {
      const now = await on(node, `${start} && systemctl is-active harbor`).catch(() => "");
      return now.endsWith("\nactive") && !now.startsWith(before);
    },
    { timeout: 180 },
  );
}

/** Waits until the proof passes: a node that comes up may take a moment. */
export async function proofPasses(): Promise<void> {
  await waitFor("the proof to pass", async () => (await lab("prove")).code === 0, { timeout: 60 });
}

/** What anybody on a host may read of the files that a deployment could have written. */
export async function readableByAnybody(host: HostName): Promise<string> {
  return on(
    host,
    'find /etc /opt /var/lib/harbor-ha /run /tmp /var/tmp /var/log -xdev -type f -perm -o+r -size -2M 2>/dev/null | while read -r file; do path=$file; while [ "$path" != / ]; do path=$(dirname "$path"); [ -n "$(find "$path" -maxdepth 0 -perm -o+x)" ] || continue 2; done; cat "$file"; done',
  );
}

/** Every secret of the lab and of the stack's deployment, by name. */
export async function secretsOf(described: Lab): Promise<Record<string, string>> {
  const password = (await lab("password")).stdout.trim();
  const release = "/opt/harbor/current";
  const env = await on("hub1", `cat ${release}/common/config/ui/env`);
  const of = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(env)![1]!;
  const lines = (pem: string) =>
    pem.split("\n").filter((line) => line.length > 20 && !line.startsWith("--"));
  const privateKey = await on("hub1", `cat ${release}/common/config/ui/private_key.pem`);
  const proxyKey = await on(
    "hub1",
    `cat ${release}/common/config/nginx/cert/server.key 2>/dev/null || true`,
  );
  return {
    "administrator's password": password,
    "database password": described.database.password,
    "database administrator's password": described.database.admin.password,
    "Redis password": described.redis.password,
    "TSIG secret": described.dns.secret,
    "Ceph key": described.ceph.key,
    "UI secret": of("UI_SECRET"),
    "jobservice secret": of("JOBSERVICE_SECRET"),
    "secret key": await on("hub1", "cat /mnt/cephfs/harbor/data/secretkey"),
    "SSH key": lines(described.sshPrivateKey)[1]!,
    "token key": lines(privateKey)[3]!,
    ...(proxyKey !== "" && { "proxy's key": lines(proxyKey)[1]! }),
    passphrase: await readFile(path.join(LAB_DIR, "passphrase"), "utf8"),
  };
}

/** The names of the secrets that a text holds, plain or in base64. */
export function secretsIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets)
    .filter(
      ([, value]) =>
        text.includes(value) ||
        text.includes(Buffer.from(value).toString("base64").replace(/=+$/, "")),
    )
    .map(([name]) => name);
}
