import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { ConfigurationClient } from "../configuration-client";
import { log } from "../log";
import { openRedis } from "../redis";
import { empty, HttpError, json, parseObject, Router, type Handler } from "../router";
import { hasSecret, secretHeader } from "../secret";
import { runService } from "../service";
import { JOB_NAMES, type Job } from "./job";
import { parseJobserviceConfig } from "./jobservice-config";
import { JobQueue } from "./queue";
import { jobLogFile, Worker } from "./worker";

const CONFIG = "/etc/jobservice/config.yml";

function guarded(handler: Handler): Handler {
  return (request) => {
    const allowed = hasSecret(secretHeader, request.headers, [process.env.UI_SECRET ?? ""]);
    if (!allowed) throw new HttpError(401);
    return handler(request);
  };
}

/** The job that a request submits. @throws HttpError for one that cannot be run. */
function submitted(body: string): Job {
  const { job } = parseObject(body) as {
    job?: { name?: string; parameters?: Job["parameters"]; status_hook?: string };
  };
  const name = JOB_NAMES.find((known) => known === job?.name);
  if (name === undefined) throw new HttpError(500, `job: allowed names: ${JOB_NAMES.join(", ")}`);
  return {
    id: randomBytes(12).toString("hex"),
    name,
    parameters: job?.parameters ?? {},
    statusHook: job?.status_hook ?? "",
    enqueuedAt: Math.floor(Date.now() / 1_000),
  };
}

function jobRoutes(router: Router, queue: JobQueue, logFolder: string): void {
  const stats = async (id = ""): Promise<object> => {
    const found = await queue.stats(id);
    if (!found) throw new HttpError(404, `no job ${id}`);
    return {
      job: {
        id,
        status: found.status,
        name: found.name,
        kind: found.kind,
        unique: false,
        ref_link: `/api/v1/jobs/${id}`,
        enqueue_time: Number(found.enqueue_time),
        update_time: Number(found.update_time),
      },
    };
  };
  router.on(
    "POST",
    /^\/api\/v1\/jobs$/,
    guarded(async (request) => {
      const job = submitted(request.body);
      await queue.add(job);
      return { ...json(await stats(job.id)), status: 202 };
    }),
  );
  router.on(
    "GET",
    /^\/api\/v1\/jobs\/([0-9a-f]+)$/,
    guarded(async (request) => json(await stats(request.captured[0]))),
  );
  router.on(
    "GET",
    /^\/api\/v1\/jobs\/([0-9a-f]+)\/log$/,
    guarded((request) => {
      const file = jobLogFile(logFolder, request.captured[0] ?? "");
      if (!existsSync(file)) throw new HttpError(404, "no log of that job here");
      return { status: 200, body: readFileSync(file, "utf8") };
    }),
  );
  router.on(
    "GET",
    /^\/api\/v1\/stats$/,
    guarded(async () => json({ worker_pools: await queue.pools() })),
  );
  router.on(
    "GET",
    /^/,
    guarded(() => empty(404)),
  );
}

let worker: Worker | undefined;

async function main(): Promise<void> {
  const config = parseJobserviceConfig(readFileSync(CONFIG, "utf8"), process.env);
  if (!existsSync(config.logFolder)) throw new Error(`${config.logFolder} does not exist`);
  const secret = process.env.JOBSERVICE_SECRET ?? "";
  await new ConfigurationClient(secret, secretHeader, config.adminserver).waitFor();

  const redis = await openRedis(config.redis);
  const queue = new JobQueue(redis, config.namespace, randomBytes(12).toString("hex"));
  worker = new Worker(queue, config.logFolder, config.workers);
  await worker.start();

  const router = new Router();
  jobRoutes(router, queue, config.logFolder);
  router.listen(config.port);
  log.info(`jobservice listens on port ${config.port}`);
}

runService("jobservice", main, async () => worker?.stop());
