import { parseArgs } from "node:util";
import { deploy, destroy, prepareStack, preview } from "./deploy";
import { down, up } from "./infrastructure";
import { timedReport } from "./report";
import { status } from "./status";

const USAGE = `usage: npm run lab [-- VERB] [--set SETTING=VALUE …]

  (none)    up, deploy and prove, then a summary
  up        three nodes, Ceph, Galera, Redis and BIND on this machine
  deploy    the program on them, with the real engine
  preview   what a deployment would change; --set maxJobWorkers=20 tries a setting
  prove     push, pull, tokens, sessions
  destroy   take the deployment back
  status    containers and what systemd says in them
  down      remove the lab; --volumes removes its data too
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      set: { type: "string", multiple: true, default: [] },
      volumes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [verb = "all"] = positionals;
  const report = timedReport();
  const changes = Object.fromEntries(
    values.set.map((change) => {
      const [setting, ...value] = change.split("=");
      return [setting!, value.join("=")];
    }),
  );
  const stack = async () => prepareStack(await up(report), changes, report);
  if (values.help) return void process.stdout.write(USAGE);
  switch (verb) {
    case "up":
      return void (await up(report));
    case "deploy":
      return void (await deploy(await stack()));
    case "preview":
      return preview(await stack());
    case "destroy":
      return destroy(await stack());
    case "status":
      return void process.stdout.write(`${await status()}\n`);
    case "down":
      return down({ volumes: values.volumes }, report);
    default:
      process.stderr.write(USAGE);
      process.exitCode = 2;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
