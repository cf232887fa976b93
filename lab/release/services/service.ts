import { describeError, log } from "./log";

/**
 * Runs a service until it is stopped; one that cannot run ends, and docker starts it anew.
 * @param stop what there is to do before it ends, for a few seconds at most.
 */
export function runService(
  name: string,
  main: () => Promise<void>,
  stop: () => Promise<void> = () => Promise.resolve(),
): void {
  process.on("SIGTERM", () => void stop().finally(() => process.exit(0)));
  main().catch((error: unknown) => {
    log.error(`${name} cannot run: ${describeError(error)}`);
    process.exit(1);
  });
}
