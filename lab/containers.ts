import { createHash } from "node:crypto";
import { pack } from "tar-stream";
import { HASH_LABEL } from "./images";
import type { Report } from "./report";
import { run, waitFor } from "./shell";
import {
  ADDRESSES,
  CONTAINERS,
  LAB,
  NETWORK,
  containerOf,
  volumeOf,
  type ContainerName,
} from "./topology";

/** A file put into a new container before it starts; secrets enter only this way. */
export interface ContainerFile {
  /** Absolute path; its folder is made when missing. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** Numeric user and group. Default: root. */
  readonly owner?: number;
}

export interface ContainerSpec {
  readonly name: ContainerName;
  /** Image id, so that a rebuilt image recreates the container. */
  readonly image: string;
  /** Flags of `docker create` beyond name, address and labels. */
  readonly flags?: readonly string[];
  /** Shown by `docker inspect`: never a secret. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Path in the container for each named volume. */
  readonly volumes?: Readonly<Record<string, string>>;
  readonly files?: readonly ContainerFile[];
  readonly command?: readonly string[];
  /** Command in the container that succeeds when it serves. */
  readonly ready: readonly string[];
  /** Seconds until it must be ready. */
  readonly patience: number;
}

interface InspectedContainer {
  Name: string;
  State: { Status: string; Paused: boolean };
  Config: { Labels: Record<string, string> | null };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

export type ContainerStates = ReadonlyMap<ContainerName, InspectedContainer>;

export function specHash(spec: ContainerSpec): string {
  return createHash("sha256").update(JSON.stringify(spec)).digest("hex");
}

/** Whether a container of this name exists that was made from another specification. */
export function isOutdated(states: ContainerStates, spec: ContainerSpec): boolean {
  const state = states.get(spec.name);
  return state !== undefined && state.Config.Labels?.[HASH_LABEL] !== specHash(spec);
}

export async function inspectContainers(): Promise<ContainerStates> {
  const names = CONTAINERS.map(containerOf);
  const found = await run("docker", ["container", "inspect", ...names], { mayFail: true });
  const states = new Map<ContainerName, InspectedContainer>();
  for (const state of JSON.parse(found.stdout || "[]") as InspectedContainer[]) {
    const name = CONTAINERS.find((candidate) => state.Name === `/${containerOf(candidate)}`);
    if (name) states.set(name, state);
  }
  return states;
}

export async function removeContainer(name: ContainerName): Promise<void> {
  // A clean stop first: a database killed needs its recovery afterwards.
  await run("docker", ["stop", containerOf(name)], { mayFail: true });
  await run("docker", ["rm", "--force", "--volumes", containerOf(name)]);
}

async function copyFiles(name: ContainerName, files: readonly ContainerFile[]): Promise<void> {
  const archive = pack();
  const folders = new Set<string>();
  for (const file of files) {
    const member = file.path.replace(/^\//, "");
    const folder = member.slice(0, member.lastIndexOf("/"));
    if (folder === `etc/${LAB}` && !folders.has(folder)) {
      archive.entry({ name: `${folder}/`, type: "directory", mode: 0o750 });
      folders.add(folder);
    }
    const owner = file.owner ?? 0;
    archive.entry({ name: member, mode: file.mode, uid: owner, gid: owner }, file.text);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const input = Buffer.concat(chunks);
  await run("docker", ["cp", "--archive", "-", `${containerOf(name)}:/`], { input });
}

async function createContainer(spec: ContainerSpec): Promise<void> {
  const name = containerOf(spec.name);
  const labels = ["--label", `${LAB}=1`, "--label", `${HASH_LABEL}=${specHash(spec)}`];
  await run("docker", [
    "create",
    ...["--name", name, "--hostname", spec.name, ...labels],
    ...["--network", NETWORK.name, "--ip", ADDRESSES[spec.name]],
    ...["--restart", "unless-stopped"],
    ...Object.entries(spec.environment ?? {}).flatMap(([key, value]) => ["-e", `${key}=${value}`]),
    ...Object.entries(spec.volumes ?? {}).flatMap(([what, target]) => [
      "-v",
      `${volumeOf(spec.name, what)}:${target}`,
    ]),
    ...(spec.flags ?? []),
    spec.image,
    ...(spec.command ?? []),
  ]);
  if (spec.files) await copyFiles(spec.name, spec.files);
}

/** Creates, starts, unpauses or reconnects a container, whatever is missing; says what it did. */
export async function ensureRunning(
  states: ContainerStates,
  spec: ContainerSpec,
  report: Report,
): Promise<void> {
  let state = states.get(spec.name);
  const name = containerOf(spec.name);
  if (state && (isOutdated(states, spec) || ["dead", "removing"].includes(state.State.Status))) {
    report(`${spec.name}: recreating, its image or settings changed`);
    await removeContainer(spec.name);
    state = undefined;
  }
  if (!state) {
    await createContainer(spec);
    await run("docker", ["start", name]);
    report(`${spec.name}: created`);
    return;
  }
  if (state.State.Paused) {
    await run("docker", ["unpause", name]);
    report(`${spec.name}: unpaused`);
  } else if (!["running", "restarting"].includes(state.State.Status)) {
    await run("docker", ["start", name]);
    report(`${spec.name}: started (was ${state.State.Status})`);
  }
  if (!(NETWORK.name in state.NetworkSettings.Networks)) {
    await run("docker", ["network", "connect", "--ip", ADDRESSES[spec.name], NETWORK.name, name]);
    report(`${spec.name}: connected to the network`);
  }
}

async function isReady(spec: ContainerSpec): Promise<boolean> {
  const probe = ["exec", containerOf(spec.name), ...spec.ready];
  return run("docker", probe, { mayFail: true, timeout: 20 }).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/**
 * Waits until the container serves; restarts it once when it does not in time.
 * @throws Error with the container's last log lines.
 */
export async function waitReady(spec: ContainerSpec, report: Report): Promise<void> {
  const what = `lab container ${spec.name}`;
  if (await isReady(spec)) return;
  const options = { timeout: spec.patience, interval: 0.5 };
  try {
    await waitFor(what, () => isReady(spec), options);
  } catch {
    report(`${spec.name}: not ready after ${String(spec.patience)} s, restarting it`);
    await run("docker", ["restart", containerOf(spec.name)]);
    await waitFor(what, () => isReady(spec), options).catch(async (error: unknown) => {
      const logs = await run("docker", ["logs", "--tail", "15", containerOf(spec.name)], {
        mayFail: true,
      });
      throw new Error(
        `${(error as Error).message}\n${logs.stdout}${logs.stderr}\n` +
          "Correct what it says and try again, or begin anew: npm run lab -- down --volumes",
      );
    });
  }
  report(`${spec.name}: ready`);
}
