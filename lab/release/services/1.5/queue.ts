import type { Redis } from "ioredis";
import { JOB_NAMES, type Job, type JobStatus } from "./job";

/** A worker pool that has been silent for this long (seconds) is taken for dead. */
const DEAD_AFTER = 300;

/** The Redis commands that the queue uses. */
export type QueueRedis = Pick<
  Redis,
  "del" | "hgetall" | "hset" | "lpush" | "lrem" | "rpoplpush" | "sadd" | "smembers" | "srem"
>;

/** A worker pool: what one jobservice says of itself. */
export interface WorkerPool {
  readonly worker_pool_id: string;
  readonly started_at: number;
  readonly heartbeat_at: number;
  readonly job_names: readonly string[];
  readonly concurrency: number;
  readonly status: "Healthy" | "Dead";
}

/** A taken job, and the text under which Redis lists it. */
export interface TakenJob {
  readonly job: Job;
  readonly text: string;
}

/**
 * The jobs in Redis, which all nodes share. A job that runs is in a list of the pool that took it:
 * another jobservice's start leaves it there, and only a pool that died loses its jobs to the others.
 */
export class JobQueue {
  constructor(
    private readonly redis: QueueRedis,
    private readonly namespace: string,
    /** This jobservice's pool; another one at each start. */
    private readonly pool: string,
    /** Seconds since 1970. */
    private readonly now: () => number = () => Math.floor(Date.now() / 1_000),
  ) {}

  async add(job: Job): Promise<void> {
    const { id, name, parameters, statusHook, enqueuedAt } = job;
    await this.redis.hset(this.statsKey(id), {
      id,
      name,
      kind: "Generic",
      status: "Pending" satisfies JobStatus,
      status_hook: statusHook,
      enqueue_time: enqueuedAt,
      update_time: this.now(),
    });
    await this.redis.sadd(this.key("known_jobs"), name);
    await this.redis.lpush(
      this.jobsKey(name),
      JSON.stringify({ name, id, t: enqueuedAt, args: parameters }),
    );
  }

  /** Takes the job that has waited longest, so that no other jobservice can. */
  async take(): Promise<TakenJob | undefined> {
    for (const name of JOB_NAMES) {
      const text = await this.redis.rpoplpush(this.jobsKey(name), this.runningKey(name, this.pool));
      if (text === null) continue;
      const { id, t, args } = JSON.parse(text) as {
        id: string;
        t: number;
        args: Job["parameters"];
      };
      const { status_hook: statusHook = "" } = await this.redis.hgetall(this.statsKey(id));
      return { job: { id, name, parameters: args, statusHook, enqueuedAt: t }, text };
    }
    return undefined;
  }

  async setStatus({ id }: Job, status: JobStatus): Promise<void> {
    await this.redis.hset(this.statsKey(id), { status, update_time: this.now() });
  }

  async finish({ job, text }: TakenJob, status: JobStatus): Promise<void> {
    await this.setStatus(job, status);
    await this.redis.lrem(this.runningKey(job.name, this.pool), 1, text);
  }

  /** What is known of a job; undefined for an unknown one. */
  async stats(id: string): Promise<Readonly<Record<string, string>> | undefined> {
    const stats = await this.redis.hgetall(this.statsKey(id));
    return stats.id === undefined ? undefined : stats;
  }

  /** Says that this pool lives. */
  async beat(startedAt: number, concurrency: number): Promise<void> {
    await this.redis.hset(this.poolKey(this.pool), {
      heartbeat_at: this.now(),
      started_at: startedAt,
      concurrency,
      job_names: JOB_NAMES.join(","),
    });
    await this.redis.sadd(this.key("worker_pools"), this.pool);
  }

  /** Says that this pool has ended, with no job left. */
  async leave(): Promise<void> {
    await this.forget(this.pool);
  }

  async pools(): Promise<WorkerPool[]> {
    const pools: WorkerPool[] = [];
    for (const id of (await this.redis.smembers(this.key("worker_pools"))).sort()) {
      const said = await this.redis.hgetall(this.poolKey(id));
      const heartbeat = Number(said.heartbeat_at ?? 0);
      pools.push({
        worker_pool_id: id,
        started_at: Number(said.started_at ?? 0),
        heartbeat_at: heartbeat,
        job_names: (said.job_names ?? "").split(","),
        concurrency: Number(said.concurrency ?? 0),
        status: heartbeat + DEAD_AFTER < this.now() ? "Dead" : "Healthy",
      });
    }
    return pools;
  }

  /** Puts the jobs of dead pools back in the queue. @returns their number. */
  async reap(): Promise<number> {
    let jobs = 0;
    for (const { worker_pool_id: pool, status } of await this.pools()) {
      if (status !== "Dead") continue;
      for (const name of JOB_NAMES) {
        const running = this.runningKey(name, pool);
        while ((await this.redis.rpoplpush(running, this.jobsKey(name))) !== null) jobs += 1;
      }
      await this.forget(pool);
    }
    return jobs;
  }

  private async forget(pool: string): Promise<void> {
    await this.redis.del(this.poolKey(pool));
    await this.redis.srem(this.key("worker_pools"), pool);
  }

  private readonly key = (name: string): string => `${this.namespace}:${name}`;
  private readonly jobsKey = (name: string): string => this.key(`jobs:${name}`);
  private readonly poolKey = (pool: string): string => this.key(`worker_pools:${pool}`);
  private readonly statsKey = (id: string): string => this.key(`job_stats:${id}`);
  private readonly runningKey = (name: string, pool: string): string =>
    `${this.jobsKey(name)}:${pool}:inprogress`;
}
