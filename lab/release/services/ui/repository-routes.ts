import { empty, HttpError, json, type Request, type Response, type Router } from "../router";
import { hasSecret } from "../secret";
import type { Repository } from "./repositories";
import { projectOf } from "./scope";
import type { UiServices } from "./start";
import type { User } from "./users";

const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

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

  /** Asks the registry about a repository, as one who may do these things with it. */
  async function ask(
    repository: string,
    actions: readonly string[],
    path: string,
    method: "GET" | "HEAD" | "DELETE" = "GET",
  ): Promise<globalThis.Response> {
    const { token } = await tokens.issue("admin", [
      { type: "repository", name: repository, actions: [...actions] },
    ]);
    const registry = await configuration.text("registry_url");
    const answer = await fetch(`${registry}/v2/${repository}/${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, Accept: MANIFEST },
      signal: AbortSignal.timeout(5_000),
    });
    if (answer.status === 404) throw new HttpError(404);
    if (!answer.ok) throw new Error(`the registry answered ${answer.status}`);
    return answer;
  }

  async function tagsOf(repository: string): Promise<readonly string[]> {
    const answer = await ask(repository, ["pull"], "tags/list");
    return ((await answer.json()) as { tags: string[] | null }).tags ?? [];
  }

  async function tags(request: Request): Promise<Response> {
    const repository = request.captured[0] ?? "";
    const user = await authentication.user(request);
    if (!(await mayPull(user, repository))) throw new HttpError(user ? 403 : 401);
    return json(await tagsOf(repository));
  }

  /** Takes a tag away, and with the last one the repository. */
  async function removeTag(request: Request): Promise<Response> {
    const [repository = "", tag = ""] = request.captured;
    const user = await authentication.user(request);
    if (!user) throw new HttpError(401);
    const administrator = user.has_admin_role === 1;
    const project = projectOf(repository) ?? "";
    const may = await projects.permissions(project, user.username, administrator);
    if (!may.includes("M")) throw new HttpError(403);
    const found = await ask(repository, ["pull"], `manifests/${tag}`, "HEAD");
    const digest = found.headers.get("Docker-Content-Digest") ?? "";
    // Registries of before 2.6 know the action as `*`.
    await ask(repository, ["delete", "*"], `manifests/${digest}`, "DELETE");
    await repositories.logAccess(repository, tag, user.username, "delete");
    const left = await tagsOf(repository).catch((error: unknown) => {
      if (error instanceof HttpError && error.status === 404) return [];
      throw error;
    });
    if (left.length === 0) await repositories.remove(repository);
    return empty(200);
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
  router.on("DELETE", /^\/api\/repositories\/(.+)\/tags\/([^/]+)$/, removeTag);
}
