import { httpPort } from "../app-conf";
import { ConfigurationClient } from "../configuration-client";
import { Database } from "../database";
import { readSecretKey } from "../encryption";
import { describeError, log } from "../log";
import { Router } from "../router";
import { accountRoutes } from "./account-routes";
import { Authentication } from "./authentication";
import { jobRoutes } from "./job-routes";
import { notificationHandler } from "./notifications";
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

async function main(): Promise<void> {
  const uiSecret = process.env.UI_SECRET ?? "";
  const jobserviceSecret = process.env.JOBSERVICE_SECRET ?? "";
  readSecretKey(SECRET_KEY);
  const configuration = new ConfigurationClient(uiSecret);
  const [settings, sessions] = await Promise.all([
    configuration.waitFor(),
    Sessions.open(process.env._REDIS_URL),
  ]);

  const database = new Database(settings);
  const users = new Users(database);
  const projects = new Projects(database);
  const repositories = new Repositories(database);
  const authentication = new Authentication(users, sessions);
  const tokens = new TokenService(configuration, users, projects, KEY_FILE, jobserviceSecret);

  const router = new Router();
  systemRoutes(router, configuration);
  accountRoutes(router, { authentication, configuration, sessions, users });
  projectRoutes(router, { authentication, configuration, projects, users });
  repositoryRoutes(router, {
    authentication,
    configuration,
    projects,
    repositories,
    tokens,
    jobserviceSecret,
  });
  jobRoutes(router, { authentication, database, uiSecret });
  router.on("GET", /^\/service\/token$/, (request) => tokens.answer(request));
  router.on("POST", /^\/service\/notifications\/?$/, notificationHandler(repositories));

  // Listens before the database answers: what needs no database works without one.
  const port = httpPort(process.env);
  router.listen(port);
  log.info(`ui listens on port ${port}`);
  await database.waitFor();
  await users.setInitialPassword(String(settings.admin_initial_password));
}

process.on("SIGTERM", () => process.exit(0));
main().catch((error: unknown) => {
  log.error(`ui cannot run: ${describeError(error)}`);
  process.exit(1);
});
