import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { shellQuote } from "../../host/ssh/shell-quote";

const run = promisify(execFile);

const ROOT = join(__dirname, "..", "..");

export interface PluginVersion {
  name: string;
  version: string;
}

async function sourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourceFiles(path) : Promise.resolve([path]);
  });
  return (await Promise.all(nested)).flat().filter((path) => path.endsWith(".ts"));
}

/** What the bundle is made of besides packages. */
const SOURCES = [__dirname, join(ROOT, "host", "ssh")];

/** Covers all that decides what the bundle is: the sources, the dependencies, and this Node. */
async function contentKey(plugins: readonly PluginVersion[]): Promise<string> {
  const hash = createHash("sha256");
  const sources = (await Promise.all(SOURCES.map(sourceFiles))).flat().sort();
  const files = [...sources, join(ROOT, "package-lock.json")];
  for (const file of files) {
    hash.update(`${relative(ROOT, file)}\0`).update(await readFile(file));
  }
  hash.update(JSON.stringify([plugins, process.version, process.arch, process.execPath]));
  return hash.digest("hex").slice(0, 16);
}

async function compile(folder: string): Promise<void> {
  // Loaded only when there is something to do.
  const { build } = await import("esbuild");
  await build({
    entryPoints: { plugin: join(__dirname, "main.ts"), start: join(__dirname, "start.ts") },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    // ASCII, so that the loader may read it byte by byte.
    charset: "ascii",
    // ssh2 does without its two native modules: Node's own AES-GCM is preferred then.
    external: ["*.node", "cpu-features"],
    logLevel: "error",
  });
}

async function writeExecutable(folder: string, { name, version }: PluginVersion): Promise<void> {
  const file = join(folder, `pulumi-resource-${name}`);
  // The Node that runs the lab, whatever PATH says when the engine starts the plugin.
  const node = shellQuote(process.execPath);
  const command = `exec ${node} "\${0%/*}/start.js" ${name} ${version} "$@"`;
  await writeFile(file, `#!/bin/sh\n${command}\n`);
  await chmod(file, 0o755);
}

/**
 * Builds executables `pulumi-resource-NAME` for the lab's own plugins, unless they are there already.
 * @returns The folder that holds them, named after their content: it never goes stale.
 */
export async function buildPlugins(
  plugins: readonly PluginVersion[],
  cacheDir: string,
): Promise<string> {
  const folder = join(cacheDir, `plugins-${await contentKey(plugins)}`);
  if (existsSync(folder)) return folder;
  // Built aside and renamed: a folder that is there is complete.
  const building = `${folder}.${process.pid}`;
  await mkdir(dirname(folder), { recursive: true });
  await rm(building, { recursive: true, force: true });
  await mkdir(building);
  await compile(building);
  await Promise.all(plugins.map((plugin) => writeExecutable(building, plugin)));
  await run(process.execPath, [join(building, "start.js"), "random", "0.0.0"], {
    env: { ...process.env, BUNDLE_CACHE_OUT: join(building, "plugin.js.cache") },
  });
  await rename(building, folder).catch(async (error: unknown) => {
    // Another run was faster: its folder has the same content.
    if (!existsSync(folder)) throw error;
    await rm(building, { recursive: true, force: true });
  });
  return folder;
}
