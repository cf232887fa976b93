/**
 * A plugin's process: `main NAME VERSION [flags] [engine address]`. Prints its port and serves until
 * the engine ends it.
 */
import type { Plugin } from "./protocol/provider";
import { serve } from "./protocol/serve";

/** Loaded by name: each plugin's process needs one of them. */
const PLUGINS: Record<string, () => Promise<Plugin>> = {
  command: async () => (await import("./command/plugin.js")).command,
  random: async () => (await import("./random/plugin.js")).random,
  tls: async () => (await import("./tls/plugin.js")).tls,
};

export async function main(args: readonly string[]): Promise<void> {
  const [name = "", version = "", ...rest] = args;
  const load = PLUGINS[name];
  if (!load) throw new Error(`no plugin ${JSON.stringify(name)}`);
  const engineAddress = rest.filter((arg) => !arg.startsWith("-")).at(-1);
  const port = await serve(await load(), version, engineAddress);
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
