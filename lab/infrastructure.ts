import { cephClientKey, cephSpec } from "./ceph";
import {
  ensureRunning,
  inspectContainers,
  isOutdated,
  removeContainer,
  waitReady,
  type ContainerSpec,
} from "./containers";
import { ensureEngine } from "./engine";
import { galeraSpecs } from "./galera";
import { ensureImages } from "./images";
import { describeLab, type Lab } from "./lab";
import { withLock } from "./lock";
import { ensureKernelLimits, ensureNetwork } from "./network";
import { hostSpecs } from "./nodes";
import type { Report } from "./report";
import { ensureSecrets } from "./secrets";
import { dnsSpec, redisSpec } from "./services";
import { run } from "./shell";
import { LAB, NETWORK } from "./topology";

/**
 * Brings the lab up from whatever state it is in: builds what changed, creates what is missing,
 * starts what stopped, leaves alone what is healthy. Volumes are kept.
 */
export async function up(report: Report): Promise<Lab> {
  await ensureEngine(report);
  return withLock(report, async () => {
    await ensureKernelLimits(report);
    const secrets = await ensureSecrets(report);
    const images = await ensureImages(report);
    await ensureNetwork(report);

    const databases = galeraSpecs(images.db, secrets);
    const specs: ContainerSpec[] = [
      dnsSpec(images.svc, secrets),
      cephSpec(images.ceph),
      redisSpec(images.svc, secrets),
      ...databases,
      ...hostSpecs(images.node, secrets),
    ];
    let states = await inspectContainers();
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
    return describeLab(secrets, await cephClientKey());
  });
}

/** Removes the containers and the network; with `volumes` also all data, but not the secrets. */
export async function down(options: { volumes: boolean }, report: Report): Promise<void> {
  await ensureEngine(report);
  await withLock(report, async () => {
    const states = await inspectContainers();
    await Promise.all([...states.keys()].map(removeContainer));
    report(`containers: ${String(states.size)} removed`);
    await run("docker", ["network", "rm", NETWORK.name], { mayFail: true });
    if (!options.volumes) return;
    const list = await run("docker", ["volume", "ls", "-q", "--filter", `name=${LAB}-`]);
    const volumes = list.stdout.split("\n").filter((name) => name.startsWith(`${LAB}-`));
    if (volumes.length > 0) await run("docker", ["volume", "rm", "--force", ...volumes]);
    report(`volumes: ${String(volumes.length)} removed`);
  });
}
