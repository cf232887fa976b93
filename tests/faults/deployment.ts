import { spawn } from "node:child_process";
import path from "node:path";

/** A deployment that runs beside the test. */
export interface RunningDeployment {
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Kills the command line with everything that it started. */
  kill(): void;
}

/** Starts `npm run lab -- deploy` with another number of workers, in a process group of its own. */
export function startDeployment(workers: number): RunningDeployment {
  const setting = `maxJobWorkers=${String(workers)}`;
  const child = spawn("npm", ["run", "--silent", "lab", "--", "deploy", "--set", setting], {
    cwd: path.resolve(__dirname, "../.."),
    detached: true,
    stdio: "ignore",
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("exit", resolve);
  });
  return {
    ended,
    kill() {
      if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
    },
  };
}
