import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PluginVersion } from "./bundle";

const run = promisify(execFile);

/** How long a failed download is not tried again, in milliseconds. */
const RETRY_AFTER_MS = 24 * 3_600_000;
const DOWNLOAD_LIMIT_MS = 120_000;

const keyOf = ({ name, version }: PluginVersion) => `${name}@${version}`;

function isInstalled(pulumiHome: string, { name, version }: PluginVersion): boolean {
  const folder = join(pulumiHome, "plugins", `resource-${name}-v${version}`);
  // The CLI leaves a mark next to a plugin that it has not finished.
  return existsSync(folder) && !existsSync(`${folder}.partial`);
}

async function download(
  pulumi: string,
  pulumiHome: string,
  { name, version }: PluginVersion,
): Promise<boolean> {
  const env = { ...process.env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "1" };
  const args = ["plugin", "install", "resource", name, version];
  try {
    await run(pulumi, args, { env, timeout: DOWNLOAD_LIMIT_MS });
    return true;
  } catch {
    return false;
  }
}

type Failures = Record<string, string>;

async function readFailures(file: string): Promise<Failures> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Failures;
  } catch {
    return {};
  }
}

export interface OfficialOptions {
  pulumi: string;
  pulumiHome: string;
  cacheDir: string;
}

/**
 * Installs the official plugins where that is possible.
 * @returns Those that are not installed. A failed attempt is remembered for a day.
 */
export async function installOfficial(
  { pulumi, pulumiHome, cacheDir }: OfficialOptions,
  plugins: readonly PluginVersion[],
): Promise<PluginVersion[]> {
  const missing = plugins.filter((plugin) => !isInstalled(pulumiHome, plugin));
  if (missing.length === 0) return [];
  const file = join(cacheDir, "plugins-not-available.json");
  const failures = await readFailures(file);
  const untried = missing.filter((plugin) => {
    const failed = Date.parse(failures[keyOf(plugin)] ?? "");
    return !(Date.now() - failed < RETRY_AFTER_MS);
  });
  if (untried.length === 0) return missing;
  const installed = await Promise.all(
    untried.map((plugin) => download(pulumi, pulumiHome, plugin)),
  );
  untried.forEach((plugin, index) => {
    if (installed[index]) delete failures[keyOf(plugin)];
    else failures[keyOf(plugin)] = new Date().toISOString();
  });
  await mkdir(cacheDir, { recursive: true });
  await writeFile(file, `${JSON.stringify(failures, null, 2)}\n`);
  return missing.filter((plugin) => !isInstalled(pulumiHome, plugin));
}
