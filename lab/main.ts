import { parseArgs } from "node:util";
import { deploy, destroy, prepareStack, preview } from "./deploy";
import { down, up } from "./infrastructure";
import type { Lab } from "./lab";
import { deploymentOf, prove } from "./prove";
import { timedReport } from "./report";
import type { LabStack } from "./stack";
import { status } from "./status";
import { ADDRESSES, DOMAIN, HARBOR_PORT, LAB_DIR } from "./topology";

const USAGE = `usage: npm run lab [-- VERB] [--set SETTING=VALUE …]

  (none)    up, deploy and prove, then a summary
  up        three nodes, Ceph, Galera, Redis and BIND on this machine
  deploy    the program on them, with the real engine
  preview   what a deployment would change; --set maxJobWorkers=20 tries a setting
  prove     push, pull, tokens, sessions
  password  the administrator's first password
  destroy   take the deployment back
  status    containers and what systemd says in them
  down      stop the machines; --volumes removes them and all data
`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Proves the deployment; a failed check is the process's exit code. */
async function proveStack(lab: Lab, stack: LabStack): Promise<boolean> {
  const findings = await prove(await deploymentOf(lab, stack), print);
  const failed = findings.filter((finding) => !finding.passed).length;
  print(`${String(findings.length - failed)} proved, ${String(failed)} failed`);
  if (failed > 0) process.exitCode = 1;
  return failed === 0;
}

function summary(): void {
  print(`
Harbor is at http://${DOMAIN}:${String(HARBOR_PORT)}, served by three nodes.
  password of admin   npm run lab -- password
  look at a node      docker exec -it harbor-ha-lab-hub1 bash
  be a client         docker exec -it harbor-ha-lab-client bash
  in a browser        http://${ADDRESSES.hub1}:${String(HARBOR_PORT)}
  try a change        npm run lab -- preview --set maxJobWorkers=20
  take it down        npm run lab -- down            (with --volumes: for good)
The lab's keys and the stack's state are in ${LAB_DIR}.`);
}

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
  const withStack = async <T>(step: (stack: LabStack, lab: Lab) => Promise<T>): Promise<T> => {
    const lab = await up(report);
    return step(await prepareStack(lab, changes, report), lab);
  };
  if (values.help) return void process.stdout.write(USAGE);
  switch (verb) {
    case "up":
      return void (await up(report));
    case "deploy":
      return withStack((stack) => deploy(stack));
    case "preview":
      return withStack(preview);
    case "prove":
      return void (await withStack((stack, lab) => proveStack(lab, stack)));
    case "destroy":
      return withStack(destroy);
    case "password":
      return withStack(async (stack, lab) => print((await deploymentOf(lab, stack)).adminPassword));
    case "all":
      return withStack(async (stack, lab) => {
        await deploy(stack);
        if (await proveStack(lab, stack)) summary();
      });
    case "status":
      return print(await status());
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
