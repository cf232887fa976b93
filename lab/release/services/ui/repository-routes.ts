import { HttpError, json, type Request, type Response, type Router } from "../router";
import { hasSecret } from "../secret";
import type { Repository } from "./repositories";
import { projectOf } from "./scope";
import type { UiServices } from "./start";
import type { User } from "./users";

/** Routes of repositories, their tags, and the search over all of them. */
export function repositoryRoutes(router: Router, services: UiServices): void {
  const { authentication, configuration, model, projects, repositories, tokens } = services;

  async function list(request: Request): Promise<Response> {
    const id = Number(request.query.get("project_id"));
    if (!Number.isInteger(id) || id < 1) throw new HttpError(400, "invalid project_id");
    const trusted = hasSecret(services.carrier, request.headers, [services.jobserviceSecret]);
    const user = await authentication.user(request);
    const project = await projects.byId(id, user);
    if (!project) throw new HttpError(404, `project ${id} not found`);
    const mine = trusted || user?.has_admin_role === 1 || project.current_user_role_id > 0;
    if (project.public !== 1 && !mine) throw new HttpError(user ? 403 : 401);
    const found = await repositories.ofProject(id, request.query.get("q") ?? "");
    const detail = ["1", "true"].includes(request.query.get("detail") ?? "");
    return json(detail ? found : found.map(({ name }) => name), {
      "X-Total-Count": String(found.length),
    });
  }

  async function mayPull(user: User | undefined, repository: string): Promise<boolean> {
    const project = projectOf(repository) ?? "";
    const administrator = user?.has_admin_role === 1;
    return (await projects.permissions(project, user?.username ?? "", administrator)).includes("R");
  }

  async function tags(request: Request): Promise<Response> {
    const repository = request.captured[0] ?? "";
    const user = await authentication.user(request);
    if (!(await mayPull(user, repository))) throw new HttpError(user ? 403 : 401);
    const access = [{ type: "repository", name: repository, actions: ["pull"] }];
    const { token } = await tokens.issue("admin", access);
    const registry = await configuration.text("registry_url");
    const answer = await fetch(`${registry}/v2/${repository}/tags/list`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (answer.status === 404) throw new HttpError(404);
    if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
    return json(((await answer.json()) as { tags: string[] | null }).tags ?? []);
  }

  async function search(request: Request): Promise<Response> {
    const keyword = request.query.get("q") ?? "";
    const visible = await projects.visibleTo(await authentication.user(request));
    const found: (Repository & { project: (typeof visible)[number] })[] = [];
    for (const project of visible) {
      const named = await repositories.ofProject(project.project_id, keyword);
      found.push(...named.map((repository) => ({ ...repository, project })));
    }
    return json({
      project: visible.filter(({ name }) => name.includes(keyword)).map(model.describe),
      repository: found.map(({ name, pull_count, project }) => ({
        repository_name: name,
        project_name: project.name,
        project_id: project.project_id,
        project_public: project.public,
        pull_count,
      })),
    });
  }

  router.on("GET", /^\/api\/search$/, search);
  router.on("GET", /^\/api\/repositories$/, list);
  router.on("GET", /^\/api\/repositories\/(.+)\/tags$/, tags);
}
