import { SERVICE_COOKIE } from "../cookie";
import type { Database } from "../database";
import { HttpError, json, type Router } from "../router";
import type { Authentication } from "./authentication";

const JOBSERVICE = "http://jobservice/api/jobs/replication";

interface Services {
  readonly authentication: Authentication;
  readonly database: Database;
  readonly uiSecret: string;
}

/** Routes of replication jobs: from the database, and their logs from the jobservice. */
export function jobRoutes(router: Router, services: Services): void {
  const { authentication, database, uiSecret } = services;

  router.on("GET", /^\/api\/jobs\/replication\/?$/, async (request) => {
    const user = await authentication.required(request);
    if (user.has_admin_role !== 1) throw new HttpError(403);
    const policy = Number(request.query.get("policy_id"));
    if (!Number.isInteger(policy) || policy < 1) throw new HttpError(400, "invalid policy_id");
    return json(
      await database.rows(
        `select id, status, policy_id, repository, operation, creation_time, update_time
          from replication_job where policy_id = ? order by id`,
        [policy],
      ),
    );
  });

  router.on("GET", /^\/api\/jobs\/replication\/(\d+)\/log$/, async (request) => {
    const user = await authentication.required(request);
    if (user.has_admin_role !== 1) throw new HttpError(403);
    const answer = await fetch(`${JOBSERVICE}/${request.captured[0]}/log`, {
      headers: { Cookie: `${SERVICE_COOKIE}=${uiSecret}` },
      signal: AbortSignal.timeout(5_000),
    });
    return { status: answer.status, body: await answer.text() };
  });
}
