import { join } from "node:path";
import { jobLog, replicate } from "../jobservice/replication";
import { describeError, log } from "../log";
import type { Job, Jobs } from "./jobs";

const POLL = 2_000;

export const jobLogFile = (folder: string, id: number): string => join(folder, `job_${id}.log`);

/** Runs the pending jobs, a few at a time, and writes a log file for each. */
export class Worker {
  private running = 0;

  constructor(
    private readonly jobs: Jobs,
    private readonly logFolder: string,
    private readonly limit: number,
  ) {}

  /** Looks for pending jobs again and again; a database that does not answer ends nothing. */
  start(): void {
    const look = async (): Promise<void> => {
      try {
        for (const job of await this.jobs.pending()) {
          if (this.running >= this.limit) break;
          if (await this.jobs.take(job.id)) void this.run(job);
        }
      } catch (error) {
        log.warning(`jobs not read: ${describeError(error)}`);
      }
      setTimeout(() => void look(), POLL);
    };
    void look();
  }

  private async run(job: Job): Promise<void> {
    this.running += 1;
    const note = jobLog(jobLogFile(this.logFolder, job.id));
    try {
      note(`${job.operation} of ${job.repository} for policy ${job.policy_id}`);
      const target = await this.jobs.targetOf(job.policy_id);
      if (target === undefined) throw new Error("the policy has no target");
      await replicate(target, note);
      await this.jobs.finish(job.id, "finished");
      note("finished");
    } catch (error) {
      try {
        note(`failed: ${describeError(error)}`);
        await this.jobs.finish(job.id, "error");
      } catch (second) {
        // It stays "running" until a jobservice starts.
        log.error(`end of job ${job.id} not stored: ${describeError(second)}`);
      }
    } finally {
      this.running -= 1;
    }
  }
}
