import { existsSync } from "node:fs";
import type { Report } from "./report";
import { hasCommand, run } from "./shell";

/** Commands the lab needs on this host, with the Debian package each comes from. */
export type HostCommands = Readonly<Record<string, string>>;

/**
 * Installs, through apt, the packages of those commands that are missing.
 * @throws Error listing what to install where we are not root or the host has no apt.
 */
export async function ensureHostCommands(commands: HostCommands, report: Report): Promise<void> {
  const missing: string[] = [];
  for (const [command, debPackage] of Object.entries(commands)) {
    if (!(await hasCommand(command))) missing.push(debPackage);
  }
  if (missing.length === 0) return;
  const list = [...new Set(missing)].join(" ");
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(
      `the lab needs these Debian packages, or their like, on this host: ${list}; ` +
        "it installs them itself only as root on a Debian-like system",
    );
  }
  report(`host: installing ${list} (apt)`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env });
  // Debian's docker.io starts its service where a service manager runs; elsewhere policy denies it.
  await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...list.split(" ")], {
    env,
  });
}
