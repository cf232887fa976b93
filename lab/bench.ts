import path from "node:path";
import { parseArgs } from "node:util";
import { spread } from "./bench/statistics";
import { NO_CHANGES } from "./changes";
import { deploy, prepareStack } from "./deploy";
import { down, up } from "./infrastructure";
import { timedReport } from "./report";
import { run } from "./shell";
import { sshLogins } from "./ssh-logins";
import { EMPTY_STACK, openStack, type LabStack } from "./stack";
import { FIRST_VARIANT } from "./variant";

/*
 * npm run bench [-- --pairs 7 --deployments 3]
 *
 * Times are this machine's; what holds elsewhere is the ratio of each pair, whose two halves ran
 * right after each other. Nothing here passes or fails.
 */

const report = timedReport();
const seconds = async (step: () => Promise<unknown>): Promise<number> => {
  const start = Date.now();
  await step();
  return (Date.now() - start) / 1000;
};

/** The lab's stack on machines that are up: what is measured is the lab as it is by default. */
async function labStackOnMachines(): Promise<LabStack> {
  const lab = await up(report, FIRST_VARIANT.airGapped);
  return prepareStack(lab, FIRST_VARIANT, NO_CHANGES, report);
}

async function previewOnce(name: string, { environment }: LabStack): Promise<number> {
  const root = path.resolve(__dirname, "..");
  const { stdout } = await run(
    process.execPath,
    ["--require", "./loader.js", "lab/bench/preview-once.ts", name],
    { cwd: root, env: { LAB_STACK_ENVIRONMENT: JSON.stringify(environment) } },
  );
  const { seconds: took, changes } = JSON.parse(stdout) as {
    seconds: number;
    changes: Record<string, number>;
  };
  const kinds = Object.keys(changes).join();
  if (kinds !== "same") throw new Error(`the stack ${name} is not unchanged: ${kinds}`);
  return took;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      pairs: { type: "string", default: "7" },
      deployments: { type: "string", default: "3" },
    },
  });
  const rows: string[][] = [];
  const row = (...cells: string[]) => void rows.push(cells);

  const first: number[] = [];
  const again: number[] = [];
  let logins: number[] = [];
  for (let i = 0; i < Number(values.deployments); i++) {
    report(`deployment ${String(i + 1)} of ${values.deployments}`);
    await down({ volumes: true }, report);
    const fresh = await labStackOnMachines();
    const before = await sshLogins();
    first.push(await seconds(() => deploy(fresh, true)));
    const between = await sshLogins();
    again.push(await seconds(() => deploy(fresh, true)));
    logins = [between - before, (await sshLogins()) - between];
  }
  if (first.length > 0) {
    row(
      "first deployment, three nodes",
      `${spread(first, 1)} s`,
      `${String(logins[0])} SSH logins`,
    );
    row("`up` with nothing to do", `${spread(again, 1)} s`, `${String(logins[1])} SSH logins`);
    row(
      "  ratio of pairs",
      spread(
        again.map((time, i) => time / first[i]!),
        3,
      ),
    );
  }

  const stack = await labStackOnMachines();
  await deploy(stack, true);
  await (await openStack(EMPTY_STACK, stack.environment)).up();
  const own: number[] = [];
  const empty: number[] = [];
  const before = await sshLogins();
  for (let i = 0; i < Number(values.pairs); i++) {
    report(`preview ${String(i + 1)} of ${values.pairs}`);
    empty.push(await previewOnce(EMPTY_STACK, stack));
    own.push(await previewOnce("lab", stack));
  }
  const opened = (await sshLogins()) - before;
  row("preview of the unchanged stack", `${spread(own, 2)} s`, `${String(opened)} SSH logins`);
  row("preview of an empty program, same providers", `${spread(empty, 2)} s`);
  row(
    "  ratio of pairs",
    spread(
      own.map((time, i) => time / empty[i]!),
      2,
    ),
  );

  const widths = [0, 1].map((i) => Math.max(...rows.map((cells) => (cells[i] ?? "").length)));
  for (const cells of rows) {
    const line = cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
