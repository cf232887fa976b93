import { sleep } from "../../lab/shell";
import { engineLocks } from "../lab/engine-locks";
import { labSucceeds, say } from "../lab/driver";
import { converges } from "./converged";
import { startDeployment } from "./deployment";

/*
 * `up` is killed at random moments, the command line with everything that it started: the next run
 * converges, and nothing half-done is left. KILLS says how often.
 */

const KILLS = Number(process.env["KILLS"] ?? "20");

/** Seconds that a deployment takes which changes every node. */
let whole: number;

beforeAll(async () => {
  await labSucceeds();
  const began = Date.now();
  await labSucceeds("deploy", "--set", "maxJobWorkers=9");
  whole = (Date.now() - began) / 1000;
});

test.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
  "kill %i: the next run converges",
  async (i) => {
    const workers = 10 + i;
    // Nothing is done on a node in the first seconds.
    const seconds = 2 + Math.random() * (whole - 2);
    const running = startDeployment(workers);
    await Promise.race([sleep(seconds), running.ended]);
    running.kill();
    const code = await running.ended;
    const locks = (await engineLocks()).filter((name) => name.endsWith(".json")).length;
    const began = Date.now();
    await converges(workers);
    const took = ((Date.now() - began) / 1000).toFixed(0);
    say(
      `kill ${String(i)} of ${String(KILLS)}: after ${seconds.toFixed(1)} of ${whole.toFixed(0)} s` +
        `${code === null ? "" : " (it had ended)"}, ${String(locks)} engine lock left; ` +
        `the next run and its proof took ${took} s`,
    );
  },
);
