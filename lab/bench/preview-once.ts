import { performance } from "node:perf_hooks";
import { openStack } from "../stack";

/*
 * One preview in a process of its own, as `pulumi preview` is one: prints the seconds from the
 * process's start to the preview's end, less those in which the stack was selected, which
 * `pulumi preview` does by itself.
 */
async function main(): Promise<void> {
  const name = process.argv[2]!;
  const environment = JSON.parse(process.env["LAB_STACK_ENVIRONMENT"]!) as Record<string, string>;
  const before = performance.now();
  const stack = await openStack(name, environment);
  const selecting = performance.now() - before;
  const { changeSummary } = await stack.preview();
  const seconds = (performance.now() - selecting) / 1000;
  process.stdout.write(`${JSON.stringify({ seconds, changes: changeSummary })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
