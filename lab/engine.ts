import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { withSignsOfLife } from "../signs-of-life";
import { clearEngineLeftovers, endOrphans, isProgramRunning } from "./engine-leftovers";
import { ensureHostCommands } from "./host-packages";
import type { Report } from "./report";
import { run, waitFor } from "./shell";
import { LAB_DIR } from "./topology";

const LOG_FILE = path.join(LAB_DIR, "dockerd.log");

async function answers(): Promise<boolean> {
  const info = ["info", "-f", "{{.ServerVersion}}"];
  return run("docker", info, { mayFail: true, timeout: 20 }).then(
    ({ code, stdout }) => code === 0 && stdout.trim() !== "",
    () => false,
  );
}

async function waitUntilItAnswers(timeout: number, report: Report): Promise<boolean> {
  return withSignsOfLife("engine: starting", report, () =>
    waitFor("dockerd", answers, { timeout, interval: 0.5 }).catch(() => false),
  );
}

/** Starts dockerd apart from this process, so that it outlives it. */
async function startInBackground(report: Report): Promise<void> {
  await mkdir(LAB_DIR, { recursive: true, mode: 0o700 });
  const log = await open(LOG_FILE, "a", 0o600);
  const child = spawn("dockerd", ["--storage-driver=overlay2"], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    cwd: "/",
  });
  // A failure shows as an engine that never answers, with the reason in the log.
  child.on("error", () => undefined);
  child.unref();
  await log.close();
  report(`engine: starting dockerd in the background, log in ${LOG_FILE}`);
}

async function lastLogLines(): Promise<string> {
  const text = await readFile(LOG_FILE, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-8).join("\n");
}

async function startEngine(report: Report): Promise<void> {
  // systemd's own sign that it is the service manager.
  if (existsSync("/run/systemd/system")) {
    report("engine: starting the docker service");
    await run("systemctl", ["start", "docker"]);
    if (await waitUntilItAnswers(60, report)) return;
    throw new Error("docker does not answer; see `journalctl -u docker`, then try again");
  }
  if (await isProgramRunning("dockerd")) {
    report("engine: a dockerd is starting already");
    if (await waitUntilItAnswers(60, report)) return;
    throw new Error("a dockerd runs but does not answer: end it, then try again");
  }
  await clearEngineLeftovers(report);
  await startInBackground(report);
  if (await waitUntilItAnswers(45, report)) return;
  if (!(await isProgramRunning("dockerd"))) {
    await endOrphans(report);
    await clearEngineLeftovers(report);
    await startInBackground(report);
    if (await waitUntilItAnswers(60, report)) return;
  }
  throw new Error(
    `dockerd does not answer; the end of ${LOG_FILE}:\n${await lastLogLines()}\n` +
      "Correct what it says, then try again.",
  );
}

/**
 * Makes sure a container engine answers; a no-op when one does. Installs and starts it where it
 * can.
 * @throws Error saying what to install or where to look.
 */
export async function ensureEngine(report: Report): Promise<void> {
  if (await answers()) return;
  const host = process.env.DOCKER_HOST;
  if (host)
    throw new Error(
      `no container engine answers at DOCKER_HOST=${host}; start it, or unset DOCKER_HOST`,
    );
  await ensureHostCommands({ dockerd: "docker.io", iptables: "iptables" }, report);
  // The package may have started it.
  if (await answers()) return;
  await startEngine(report);
}
