import { accessSync, constants, readFileSync } from "node:fs";
import { httpPort } from "../app-conf";
import { ConfigurationClient } from "../configuration-client";
import { Database } from "../database";
import { readSecretKey } from "../encryption";
import { describeError, log } from "../log";
import { empty, HttpError, parseObject, Router, type Handler } from "../router";
import { hasSecret, secretCookie } from "../secret";
import { runService } from "../service";
import { Jobs } from "./jobs";
import { jobLogFile, Worker } from "./worker";

const LOGS = "/var/log/jobs";
const SECRET_KEY = process.env.KEY_PATH ?? "/etc/jobservice/key";

function guarded(handler: Handler): Handler {
  return (request) => {
    if (!request.headers.cookie) throw new HttpError(401);
    if (!hasSecret(secretCookie, request.headers, [process.env.UI_SECRET ?? ""])) {
      throw new HttpError(403);
    }
    return handler(request);
  };
}

function jobRoutes(router: Router, jobs: Jobs): void {
  router.on(
    "POST",
    /^\/api\/jobs\/replication\/?$/,
    guarded(async (request) => {
      const { policy_id: policy, repository, operation = "transfer" } = parseObject(request.body);
      if (typeof policy !== "number" || typeof repository !== "string") {
        throw new HttpError(400, "policy_id: a number; repository: a name");
      }
      if (!(await jobs.policyExists(policy))) throw new HttpError(404, `no policy ${policy}`);
      await jobs.add(policy, repository, String(operation));
      return empty(200);
    }),
  );
  router.on(
    "GET",
    /^\/api\/jobs\/replication\/(\d+)\/log$/,
    guarded((request) => {
      try {
        const body = readFileSync(jobLogFile(LOGS, Number(request.captured[0])), "utf8");
        return { status: 200, body, headers: { "Content-Type": "text/plain; charset=utf-8" } };
      } catch {
        throw new HttpError(404, "no log of that job here");
      }
    }),
  );
}

async function main(): Promise<void> {
  readSecretKey(SECRET_KEY);
  const secret = process.env.JOBSERVICE_SECRET ?? "";
  const settings = await new ConfigurationClient(secret, secretCookie).waitFor();
  const database = new Database(settings);
  const jobs = new Jobs(database);

  const router = new Router();
  jobRoutes(router, jobs);
  router.on("GET", /^\/api\/ping$/, async () => {
    accessSync(LOGS, constants.W_OK);
    await database.rows("select 1");
    return empty(200);
  });
  const port = httpPort(process.env);
  router.listen(port);
  log.info(`jobservice listens on port ${port}`);

  await database.waitFor();
  try {
    log.info(`running jobs put back in the queue: ${await jobs.resetRunning()}`);
  } catch (error) {
    log.warning(`running jobs not put back in the queue: ${describeError(error)}`);
  }
  new Worker(jobs, LOGS, Math.max(1, Number(settings.max_job_workers))).start();
}

runService("jobservice", main);
