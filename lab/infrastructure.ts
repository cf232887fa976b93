import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { setAirGap } from "./air-gap";
import { cephClientKey, cephSpec } from "./ceph";
import { ensureBystander } from "./client";
import {
  ensureRunning,
  inspectContainers,
  isOutdated,
  removeContainer,
  waitReady,
  type ContainerSpec,
  type ContainerStates,
} from "./containers";
import { ensureEngine } from "./engine";
import { databaseEndpointSpec, galeraSpecs } from "./galera";
import { ensureImages } from "./images";
import { describeLab, type Lab } from "./lab";
import { withLock } from "./lock";
import { ensureKernelLimits, ensureNetwork } from "./network";
import { hostSpecs } from "./nodes";
import type { Report } from "./report";
import { ensureSecrets } from "./secrets";
import { dnsSpec, redisSpec } from "./services";
import { run } from "./shell";
import {
  LAB,
  NETWORK,
  NODE_NAMES,
  STACK_DIR,
  STATE_DIR,
  containerOf,
  volumeOf,
  type NodeName,
} from "./topology";
import { forgetVariant } from "./variant";

/**
 * Brings the lab up from whatever state it is in: builds what changed, creates what is missing,
 * starts what stopped, leaves alone what is healthy. Volumes are kept.
 * @param airGapped whether the hosts reach nothing but each other and the lab's services
 * @param nodes those that make up the cluster; another one is left as it is, running or not
 */
export async function up(
  report: Report,
  airGapped: boolean,
  nodes: readonly NodeName[] = NODE_NAMES,
): Promise<Lab> {
  await ensureEngine(report);
  return withLock(report, async () => {
    await ensureKernelLimits(report);
    const secrets = await ensureSecrets(report);
    const images = await ensureImages(report);
    await ensureNetwork(report);

    const databases = galeraSpecs(images.db, secrets);
    const hosts = hostSpecs(images.node, secrets);
    const meant = hosts.filter(({ name }) => ["client", ...nodes].includes(name));
    const specs: ContainerSpec[] = [
      dnsSpec(images.svc, secrets),
      cephSpec(images.ceph),
      redisSpec(images.svc, secrets),
      ...databases,
      databaseEndpointSpec(images.svc),
      ...meant,
    ];
    let states = await inspectContainers();
    if (isDeploymentLost(states, meant)) {
      report("lab: a node that held a deployment is gone or changed; starting anew");
      await removeAll(states);
      await ensureNetwork(report);
      states = await inspectContainers();
    }
    // Members with different passwords or settings cannot agree: all leave before one comes back.
    if (databases.some((spec) => isOutdated(states, spec))) {
      report("databases: recreating, their image or settings changed");
      const existing = databases.filter((spec) => states.has(spec.name));
      await Promise.all(existing.map((spec) => removeContainer(spec.name)));
      states = await inspectContainers();
    }
    for (const spec of specs) await ensureRunning(states, spec, report);
    const settled = await Promise.allSettled(specs.map((spec) => waitReady(spec, report)));
    const errors = settled.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as Error).message] : [],
    );
    if (errors.length > 0) throw new Error(errors.join("\n"));
    await setAirGap(airGapped, [...nodes, "client"], report);
    await ensureBystander(report);
    return describeLab(secrets, await cephClientKey(), nodes);
  });
}

/**
 * Puts new hosts in the place of the nodes, with nothing on their disks: what a restore begins with.
 * The services with their data, the client and the engine's state stay.
 */
export async function freshNodes(report: Report): Promise<void> {
  await ensureEngine(report);
  await withLock(report, async () => {
    const images = await ensureImages(report);
    const specs = hostSpecs(images.node, await ensureSecrets(report)).filter(
      ({ name }) => name !== "client",
    );
    const states = await inspectContainers();
    await Promise.all(
      specs.map(async ({ name, volumes = {} }) => {
        if (states.has(name)) await removeContainer(name);
        const kept = Object.keys(volumes).map((what) => volumeOf(name, what));
        await run("docker", ["volume", "rm", "--force", ...kept]);
      }),
    );
    const none: ContainerStates = new Map();
    for (const spec of specs) await ensureRunning(none, spec, report);
    await Promise.all(specs.map((spec) => waitReady(spec, report)));
  });
}

/**
 * Whether the engine's state speaks of nodes that are no more: what was on them went with them, and
 * what they shared can't be used without the stack's secrets.
 */
function isDeploymentLost(states: ContainerStates, hosts: readonly ContainerSpec[]): boolean {
  const lost = hosts.some((spec) => !states.has(spec.name) || isOutdated(states, spec));
  return lost && existsSync(STATE_DIR);
}

/** Containers, network, volumes and the engine's state; the lab's keys and passwords stay. */
async function removeAll(states: ContainerStates): Promise<number> {
  await Promise.all([...states.keys()].map(removeContainer));
  await run("docker", ["network", "rm", NETWORK.name], { mayFail: true });
  const list = await run("docker", ["volume", "ls", "-q", "--filter", `name=${LAB}-`]);
  const volumes = list.stdout.split("\n").filter((name) => name.startsWith(`${LAB}-`));
  if (volumes.length > 0) await run("docker", ["volume", "rm", "--force", ...volumes]);
  for (const folder of [STACK_DIR, STATE_DIR]) await rm(folder, { recursive: true, force: true });
  return volumes.length;
}

/**
 * Stops the machines; with `volumes` they are removed, and all data, the engine's state and the
 * chosen variant too.
 */
export async function down(options: { volumes: boolean }, report: Report): Promise<void> {
  await ensureEngine(report);
  await withLock(report, async () => {
    const states = await inspectContainers();
    if (options.volumes) {
      const volumes = await removeAll(states);
      await forgetVariant();
      report(`${String(states.size)} containers and ${String(volumes)} volumes removed`);
      return;
    }
    await Promise.all([...states.keys()].map((name) => run("docker", ["stop", containerOf(name)])));
    report(`${String(states.size)} containers stopped; \`up\` starts them again`);
  });
}
