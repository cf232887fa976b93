import { isDuplicate } from "../database";
import {
  empty,
  HttpError,
  json,
  parseObject,
  type Request,
  type Response,
  type Router,
} from "../router";
import type { Project } from "./projects";
import type { UiServices } from "./start";
import type { User } from "./users";

const PROJECT_ADMIN = 1;

/** Routes of projects and their members. */
export function projectRoutes(router: Router, services: UiServices): void {
  const { authentication, configuration, model, projects, users } = services;

  async function list(request: Request): Promise<Response> {
    const publicOnly = request.query.get("is_public") === "1";
    const user = publicOnly ? undefined : await authentication.required(request);
    const name = request.query.get("project_name") ?? "";
    const visible = (await projects.visibleTo(user)).filter((project) =>
      project.name.includes(name),
    );
    return json(visible.map(model.describe), { "X-Total-Count": String(visible.length) });
  }

  async function create(request: Request): Promise<Response> {
    const user = await authentication.required(request);
    const restriction = (await configuration.get()).project_creation_restriction;
    if (restriction === "adminonly" && user.has_admin_role !== 1) throw new HttpError(403);
    const body = parseObject(request.body);
    const { project_name: name } = body;
    const valid = typeof name === "string" && /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name);
    if (!valid || name.length < 2 || name.length > 30) {
      throw new HttpError(400, "project_name: 2 to 30 of a-z, 0-9, dots, dashes and underscores");
    }
    try {
      const id = await projects.create(name, model.wantsPublic(body), user);
      return empty(201, { Location: `/api/projects/${id}` });
    } catch (error) {
      if (isDuplicate(error)) throw new HttpError(409);
      throw error;
    }
  }

  async function visible(request: Request): Promise<{ user: User | undefined; project: Project }> {
    const user = await authentication.user(request);
    const project = await projects.byId(Number(request.captured[0]), user);
    if (!project) throw new HttpError(404);
    const mine = user?.has_admin_role === 1 || project.current_user_role_id > 0;
    if (project.public !== 1 && !mine) throw new HttpError(user ? 403 : 401);
    return { user, project };
  }

  async function addMember(request: Request): Promise<Response> {
    await authentication.required(request);
    const { user, project } = await visible(request);
    const mayAdd = user?.has_admin_role === 1 || project.current_user_role_id === PROJECT_ADMIN;
    if (!mayAdd) throw new HttpError(403);
    const { username, roles } = parseObject(request.body);
    const role: unknown = Array.isArray(roles) ? roles[0] : undefined;
    if (typeof role !== "number" || role < 1) throw new HttpError(400, "roles: [role_id]");
    const member = await users.byName(String(username));
    if (!member) throw new HttpError(404, "no such user");
    try {
      await projects.addMember(project.project_id, member.user_id, role);
    } catch (error) {
      if (isDuplicate(error)) throw new HttpError(409);
      throw error;
    }
    return empty(201);
  }

  router.on("GET", /^\/api\/projects\/?$/, list);
  router.on("POST", /^\/api\/projects\/?$/, create);
  router.on("GET", /^\/api\/projects\/(\d+)$/, async (request) =>
    json((await visible(request)).project),
  );
  router.on("GET", /^\/api\/projects\/(\d+)\/members\/?$/, async (request) =>
    json(await projects.members((await visible(request)).project.project_id)),
  );
  router.on("POST", /^\/api\/projects\/(\d+)\/members\/?$/, addMember);
}
