import { join } from "node:path";
import { jobLog, replicate } from "../jobservice/replication";
import { describeError, log } from "../log";
import type { Job, JobStatus } from "./job";
import type { JobQueue, TakenJob } from "./queue";

const POLL = 1_000;
const BEAT = 5_000;
const REAP = 600_000;
const HOOK_TRIES = 5;
const HOOK_PAUSE = 2_000;
/** A little less than docker waits before it kills. */
const STOP_WAIT = 8_000;

export const jobLogFile = (folder: string, id: string): string => join(folder, `${id}.log`);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tells who submitted a job of its status; given up after a few tries. */
async function tell({ id, statusHook }: Job, status: JobStatus): Promise<void> {
  for (let left = HOOK_TRIES; statusHook !== ""; left -= 1) {
    try {
      const answer = await fetch(statusHook, {
        method: "POST",
        body: JSON.stringify({ job_id: id, status }),
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) return;
      throw new Error(`answered ${answer.status}`);
    } catch (error) {
      if (left === 1) return log.error(`${status} of job ${id} not told: ${describeError(error)}`);
      await pause(HOOK_PAUSE);
    }
  }
}

/** Runs jobs from the queue, a few at a time, and writes a log file for each. */
export class Worker {
  private readonly running = new Set<Promise<void>>();
  private stopping = false;

  constructor(
    private readonly queue: JobQueue,
    private readonly logFolder: string,
    private readonly limit: number,
  ) {}

  /** Looks for jobs again and again; a Redis that does not answer for a while ends nothing. */
  async start(): Promise<void> {
    const startedAt = Math.floor(Date.now() / 1_000);
    const beat = (): Promise<void> => this.queue.beat(startedAt, this.limit);
    const reap = async (): Promise<void> => {
      const jobs = await this.queue.reap();
      if (jobs > 0) log.info(`jobs of dead worker pools put back in the queue: ${jobs}`);
    };
    await beat();
    await reap();
    this.repeat(BEAT, beat);
    this.repeat(REAP, reap);
    this.repeat(POLL, () => this.takeJobs());
  }

  /** Takes no more jobs and waits for those that run; the others' jobs are nobody's concern. */
  async stop(): Promise<void> {
    this.stopping = true;
    const done = Promise.all(this.running).then(() => this.queue.leave());
    await Promise.race([done, pause(STOP_WAIT)]);
  }

  private repeat(every: number, action: () => Promise<void>): void {
    const next = async (): Promise<void> => {
      if (this.stopping) return;
      await action().catch((error: unknown) => log.warning(`redis: ${describeError(error)}`));
      setTimeout(() => void next(), every);
    };
    setTimeout(() => void next(), every);
  }

  private async takeJobs(): Promise<void> {
    while (!this.stopping && this.running.size < this.limit) {
      const taken = await this.queue.take();
      if (taken === undefined) return;
      const run = this.run(taken).catch((error: unknown) => {
        // It stays in this pool's list, until the pool is taken for dead.
        log.error(`end of job ${taken.job.id} not stored: ${describeError(error)}`);
      });
      this.running.add(run);
      void run.then(() => this.running.delete(run));
    }
  }

  private async run(taken: TakenJob): Promise<void> {
    const { job } = taken;
    await this.queue.setStatus(job, "Running");
    await tell(job, "Running");
    const status = await this.execute(job);
    await this.queue.finish(taken, status);
    await tell(job, status);
  }

  private async execute({ id, name, parameters }: Job): Promise<JobStatus> {
    try {
      const note = jobLog(jobLogFile(this.logFolder, id));
      note(`${name} of ${String(parameters.repository)}`);
      try {
        await replicate(String(parameters.dst_registry_url), note);
        note("finished");
        return "Success";
      } catch (error) {
        note(`failed: ${describeError(error)}`);
      }
    } catch (error) {
      log.error(`log of job ${id} not written: ${describeError(error)}`);
    }
    return "Error";
  }
}
