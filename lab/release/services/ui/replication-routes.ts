import { HttpError, json, type Router } from "../router";
import type { UiServices } from "./start";

/**
 * Routes that show replication jobs to an administrator.
 * @param logOf a job's log, by its number. @throws HttpError when there is none.
 */
export function replicationRoutes(
  router: Router,
  { authentication, database }: UiServices,
  logOf: (id: number) => Promise<string>,
): void {
  router.on("GET", /^\/api\/jobs\/replication\/?$/, async (request) => {
    await authentication.administrator(request);
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
    await authentication.administrator(request);
    return { status: 200, body: await logOf(Number(request.captured[0])) };
  });
}
