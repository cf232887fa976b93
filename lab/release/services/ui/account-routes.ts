import { isDuplicate } from "../database";
import { describeError, log } from "../log";
import {
  empty,
  HttpError,
  json,
  parseObject,
  type Request,
  type Response,
  type Router,
} from "../router";
import { sessionCookie } from "./sessions";
import type { UiServices } from "./start";
import type { User } from "./users";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Routes of logging in and of accounts. */
export function accountRoutes(router: Router, services: UiServices): void {
  const { authentication, configuration, sessions, users } = services;

  async function login(request: Request): Promise<Response> {
    const form = new URLSearchParams(request.body);
    let user: User | undefined;
    try {
      user = await users.authenticate(form.get("principal") ?? "", form.get("password") ?? "");
    } catch (error) {
      log.error(`login: ${describeError(error)}`);
    }
    if (!user) return empty(401);
    const id = await sessions.start(user.user_id, user.username);
    return empty(200, { "Set-Cookie": sessionCookie(id) });
  }

  async function logOut(request: Request): Promise<Response> {
    await sessions.end(request.headers.cookie);
    return empty(200, { "Set-Cookie": sessionCookie() });
  }

  async function register(request: Request): Promise<Response> {
    const settings = await configuration.get();
    const administrator = (await authentication.user(request))?.has_admin_role === 1;
    if (settings.auth_mode !== "db_auth") throw new HttpError(403);
    if (settings.self_registration !== true && !administrator) throw new HttpError(403);
    const given = parseObject(request.body);
    const user = {
      username: text(given.username),
      email: text(given.email),
      realname: text(given.realname) || text(given.username),
      comment: text(given.comment),
    };
    if (!/^[^,~#$%]{1,20}$/.test(user.username))
      throw new HttpError(400, "username: 1 to 20 characters");
    if (!/^\S+@\S+$/.test(user.email)) throw new HttpError(400, "email: not an address");
    const password = text(given.password);
    if (password.length < 8) throw new HttpError(400, "password: at least 8 characters");
    try {
      const id = await users.register(user, password);
      return empty(201, { Location: `/api/users/${id}` });
    } catch (error) {
      if (isDuplicate(error)) throw new HttpError(409, "username or email is in use");
      throw error;
    }
  }

  router.on("POST", /^\/login$/, login);
  router.on("GET", /^\/log_out$/, logOut);
  router.on("POST", /^\/api\/users\/?$/, register);
  router.on("GET", /^\/api\/users\/?$/, async (request) => {
    await authentication.administrator(request);
    return json(await users.all());
  });
  router.on("GET", /^\/api\/users\/current$/, async (request) =>
    json(await authentication.required(request)),
  );
}
