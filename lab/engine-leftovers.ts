import { readFile, readdir, readlink, rm } from "node:fs/promises";
import type { Report } from "./report";

const RUN_FOLDER = "/run/docker/containerd";

/** Name of a live process; empty for none, and for a dead one that nobody has waited for yet. */
async function commandName(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const [, name = "", state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? [];
  return state === "Z" || state === "X" ? "" : name;
}

/** Removes a pid file whose process is gone, or whose number now belongs to another program. */
async function removeStalePidFile(file: string, program: string, report: Report): Promise<void> {
  const pid = (await readFile(file, "utf8").catch(() => "")).trim();
  if (pid === "" || (await commandName(pid)) === program) return;
  await rm(file, { force: true });
  report(`engine: removed ${file} of a ${program} that is gone`);
}

/** The machine's own processes: the lab's nodes run a dockerd too, which is seen from here. */
async function ownProcesses(): Promise<string[]> {
  const namespaceOf = (pid: string) => readlink(`/proc/${pid}/ns/pid`).catch(() => "");
  const own = await namespaceOf("self");
  const numbers = (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry));
  const namespaces = await Promise.all(numbers.map(namespaceOf));
  return numbers.filter((_, i) => namespaces[i] === own);
}

/** Whether a process runs that would make starting a second dockerd wrong. */
export async function isProgramRunning(program: string): Promise<boolean> {
  const names = await Promise.all((await ownProcesses()).map(commandName));
  return names.includes(program);
}

/** What a killed dockerd leaves and the next one stumbles over. To be called when none runs. */
export async function clearEngineLeftovers(report: Report): Promise<void> {
  await removeStalePidFile("/run/docker.pid", "dockerd", report);
  await removeStalePidFile(`${RUN_FOLDER}/containerd.pid`, "containerd", report);
  await rm("/run/docker.sock", { force: true });
}

/**
 * Ends the container shims, and the containerd, of a dockerd that is gone, and forgets their
 * state: the last resort when a new dockerd cannot take them over. Touches only processes that
 * serve dockerd's own containerd.
 */
export async function endOrphans(report: Report): Promise<void> {
  let ended = 0;
  for (const entry of await ownProcesses()) {
    const argv = await readFile(`/proc/${entry}/cmdline`, "utf8").catch(() => "");
    const program = (argv.split("\0")[0] ?? "").split("/").pop() ?? "";
    if (!program.startsWith("containerd") || !argv.includes("/run/docker/containerd")) continue;
    try {
      process.kill(Number(entry), "SIGKILL");
      ended += 1;
    } catch {
      // It ended by itself in between.
    }
  }
  await rm(RUN_FOLDER, { recursive: true, force: true });
  await rm("/run/docker/runtime-runc", { recursive: true, force: true });
  report(`engine: ended ${String(ended)} processes of an earlier dockerd`);
}
