import { HttpError, type Router } from "../router";
import { secretCookie } from "../secret";
import { replicationRoutes } from "../ui/replication-routes";
import type { UiServices } from "../ui/start";

const JOBSERVICE = "http://jobservice/api/jobs/replication";

/** Routes of replication jobs, whose logs the jobservice gives by the jobs' numbers. */
export function jobRoutes(router: Router, services: UiServices): void {
  replicationRoutes(router, services, async (id) => {
    const answer = await fetch(`${JOBSERVICE}/${id}/log`, {
      headers: secretCookie.put(services.uiSecret),
      signal: AbortSignal.timeout(5_000),
    });
    if (!answer.ok) throw new HttpError(answer.status);
    return answer.text();
  });
}
