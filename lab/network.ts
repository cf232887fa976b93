import { readFile, writeFile } from "node:fs/promises";
import { inspectContainers, removeContainer } from "./containers";
import type { Report } from "./report";
import { run } from "./shell";
import { LAB, NETWORK } from "./topology";

const INOTIFY_INSTANCES = "/proc/sys/fs/inotify/max_user_instances";
/** Four hosts with systemd and a container engine each use far more than the kernel's 128. */
const INOTIFY_MINIMUM = 1024;

/** Raises the host's limit of inotify instances when it is too low for several systemds. */
export async function ensureKernelLimits(report: Report): Promise<void> {
  const now = Number(await readFile(INOTIFY_INSTANCES, "utf8"));
  if (now >= INOTIFY_MINIMUM) return;
  await writeFile(INOTIFY_INSTANCES, String(INOTIFY_MINIMUM));
  report(
    `host: fs.inotify.max_user_instances raised from ${String(now)} to ${String(INOTIFY_MINIMUM)}`,
  );
}

/** Makes the lab's network; one with other addresses is replaced, with the containers in it. */
export async function ensureNetwork(report: Report): Promise<void> {
  const format = "{{range .IPAM.Config}}{{.Subnet}}{{end}}";
  const found = await run("docker", ["network", "inspect", "-f", format, NETWORK.name], {
    mayFail: true,
  });
  if (found.code === 0 && found.stdout.trim() === NETWORK.subnet) return;
  if (found.code === 0) {
    report(`network: replacing ${found.stdout.trim()}`);
    for (const name of (await inspectContainers()).keys()) await removeContainer(name);
    await run("docker", ["network", "rm", NETWORK.name]);
  }
  await run("docker", [
    ...["network", "create", "--label", `${LAB}=1`],
    ...["--subnet", NETWORK.subnet, "--gateway", NETWORK.gateway],
    ...["-o", `com.docker.network.bridge.name=${NETWORK.bridge}`, NETWORK.name],
  ]);
  report(`network: ${NETWORK.name} ${NETWORK.subnet}`);
}
