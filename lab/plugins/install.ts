import { readFile } from "node:fs/promises";
import { buildPlugins, type PluginVersion } from "./bundle";
import { installOfficial, type OfficialOptions } from "./official";

const PACKAGES = ["command", "random", "tls"] as const;

/** The version a program asks for is the one of its package. */
async function installedVersion(name: string): Promise<PluginVersion> {
  const file = require.resolve(`@pulumi/${name}/package.json`);
  const { version } = JSON.parse(await readFile(file, "utf8")) as { version: string };
  return { name, version };
}

export interface EnsurePluginsOptions extends OfficialOptions {
  /** Takes one line that says which plugins are used. */
  report: (line: string) => void;
}

/**
 * Makes sure that the CLI finds the resource plugins a program needs: the official ones where they
 * can be installed, else the lab's own.
 * @returns The folder to put on PATH for the lab's own plugins, or none where all are official.
 * @throws If the lab's own cannot be built.
 */
export async function ensurePlugins(
  options: EnsurePluginsOptions,
): Promise<{ path: string | undefined }> {
  const plugins = await Promise.all(PACKAGES.map(installedVersion));
  const own = await installOfficial(options, plugins);
  const names = (some: readonly PluginVersion[]) =>
    some.map(({ name, version }) => `${name} ${version}`).join(", ");
  const official = plugins.filter((plugin) => !own.includes(plugin));
  const used = [
    ...(official.length > 0 ? [`official ${names(official)}`] : []),
    ...(own.length > 0 ? [`the lab's own ${names(own)}`] : []),
  ];
  const path = own.length > 0 ? await buildPlugins(own, options.cacheDir) : undefined;
  options.report(`Pulumi plugins: ${used.join("; ")}`);
  return { path };
}
