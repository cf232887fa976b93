import { empty, HttpError, parseObject, type Router } from "../router";
import { secretHeader } from "../secret";
import { replicationRoutes } from "../ui/replication-routes";
import type { UiServices } from "../ui/start";
import { IMAGE_TRANSFER, type JobStatus } from "./job";

/** What a job's status is called in the database. */
const STORED_STATUS: Readonly<Record<JobStatus, string>> = {
  Pending: "pending",
  Running: "running",
  Success: "finished",
  Error: "error",
};

/** Asks the jobservice. @throws HttpError with its status when it refuses. */
async function ask(services: UiServices, path: string, body?: object): Promise<string> {
  const address = await services.configuration.text("jobservice_url");
  const answer = await fetch(`${address}/api/v1/jobs${path}`, {
    method: body ? "POST" : "GET",
    headers: { ...secretHeader.put(services.uiSecret), "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new HttpError(answer.status);
  return answer.text();
}

/** Hands every repository of a policy's project to the jobservice. @throws HttpError 404. */
async function replicatePolicy(services: UiServices, policy: number): Promise<void> {
  const { configuration, database } = services;
  const target = await database.row<{ project_id: number; url: string }>(
    `select p.project_id, t.url from replication_policy p
      join replication_target t on t.id = p.target_id where p.id = ? and p.deleted = 0`,
    [policy],
  );
  if (!target) throw new HttpError(404, `no policy ${policy} with a target`);
  const hook = `${await configuration.text("ui_url")}/service/notifications/jobs/replication`;
  for (const { name } of await services.repositories.ofProject(target.project_id, "")) {
    const { id } = await database.change(
      `insert into replication_job (status, policy_id, repository, operation)
        values ('pending', ?, ?, 'transfer')`,
      [policy, name],
    );
    const answer = await ask(services, "", {
      job: {
        name: IMAGE_TRANSFER,
        parameters: { repository: name, dst_registry_url: target.url },
        metadata: { kind: "Generic" },
        status_hook: `${hook}/${id}`,
      },
    });
    const { job } = JSON.parse(answer) as { job: { id: string } };
    await database.change("update replication_job set job_uuid = ? where id = ?", [job.id, id]);
  }
}

/** Routes of replication: its start, its jobs, their logs, and what the jobservice says of them. */
export function jobRoutes(router: Router, services: UiServices): void {
  const { authentication, database } = services;

  replicationRoutes(router, services, async (id) => {
    const sql = "select job_uuid from replication_job where id = ?";
    const job = await database.row<{ job_uuid: string | null }>(sql, [id]);
    if (!job?.job_uuid) throw new HttpError(404);
    return ask(services, `/${job.job_uuid}/log`);
  });

  router.on("POST", /^\/api\/replications\/?$/, async (request) => {
    await authentication.administrator(request);
    await replicatePolicy(services, Number(parseObject(request.body).policy_id));
    return empty(200);
  });

  router.on("POST", /^\/service\/notifications\/jobs\/replication\/(\d+)$/, async (request) => {
    const { status } = parseObject(request.body) as { status?: JobStatus };
    const stored = status && STORED_STATUS[status];
    // An unknown status is no error: the jobservice would only say the same again.
    if (stored !== undefined) {
      const sql = "update replication_job set status = ? where id = ?";
      await database.change(sql, [stored, Number(request.captured[0])]);
    }
    return empty(200);
  });
}
