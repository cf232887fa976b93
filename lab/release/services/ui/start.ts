import { httpPort } from "../app-conf";
import { ConfigurationClient } from "../configuration-client";
import { Database } from "../database";
import { readSecretKey } from "../encryption";
import { log } from "../log";
import { Router } from "../router";
import type { SecretCarrier } from "../secret";
import { accountRoutes } from "./account-routes";
import { Authentication } from "./authentication";
import { notificationHandler } from "./notifications";
import type { ProjectModel } from "./project-model";
import { projectRoutes } from "./project-routes";
import { Projects } from "./projects";
import { Repositories } from "./repositories";
import { repositoryRoutes } from "./repository-routes";
import { Sessions } from "./sessions";
import { systemRoutes } from "./system-routes";
import { TokenService } from "./token-service";
import { Users } from "./users";

const KEY_FILE = "/etc/ui/private_key.pem";
const SECRET_KEY = process.env.KEY_PATH ?? "/etc/ui/key";

/** What the ui's routes work with. */
export interface UiServices {
  readonly authentication: Authentication;
  readonly carrier: SecretCarrier;
  readonly configuration: ConfigurationClient;
  readonly database: Database;
  readonly jobserviceSecret: string;
  readonly model: ProjectModel;
  readonly projects: Projects;
  readonly repositories: Repositories;
  readonly sessions: Sessions;
  readonly tokens: TokenService;
  readonly uiSecret: string;
  readonly users: Users;
}

/** In what the ui of a release differs from the others'. */
export interface UiShape {
  readonly carrier: SecretCarrier;
  readonly model: ProjectModel;
  /** Settings that /api/systeminfo shows besides those of every release. */
  readonly shownSettings: readonly string[];
  /** Adds the routes that other releases have not. */
  addRoutes(this: void, router: Router, services: UiServices): void;
}

/** Runs the ui of a release. @throws Error when it cannot start. */
export async function startUi({
  carrier,
  model,
  shownSettings,
  addRoutes,
}: UiShape): Promise<void> {
  const uiSecret = process.env.UI_SECRET ?? "";
  const jobserviceSecret = process.env.JOBSERVICE_SECRET ?? "";
  readSecretKey(SECRET_KEY);
  const configuration = new ConfigurationClient(uiSecret, carrier);
  const [settings, sessions] = await Promise.all([
    configuration.waitFor(),
    Sessions.open(process.env._REDIS_URL),
  ]);

  const database = new Database(settings);
  const users = new Users(database);
  const projects = new Projects(database, model);
  const repositories = new Repositories(database, model);
  const services: UiServices = {
    authentication: new Authentication(users, sessions),
    carrier,
    configuration,
    database,
    jobserviceSecret,
    model,
    projects,
    repositories,
    sessions,
    tokens: new TokenService(configuration, users, projects, KEY_FILE, carrier, jobserviceSecret),
    uiSecret,
    users,
  };

  const router = new Router();
  systemRoutes(router, configuration, shownSettings);
  accountRoutes(router, services);
  projectRoutes(router, services);
  repositoryRoutes(router, services);
  router.on("GET", /^\/service\/token$/, (request) => services.tokens.answer(request));
  router.on("POST", /^\/service\/notifications\/?$/, notificationHandler(repositories));
  addRoutes(router, services);

  // Listens before the database answers: what needs no database works without one.
  const port = httpPort(process.env);
  router.listen(port);
  log.info(`ui listens on port ${port}`);
  await database.waitFor();
  await users.setInitialPassword(String(settings.admin_initial_password));
}
