import { readFileSync } from "node:fs";
import type { ConfigurationClient } from "../configuration-client";
import { describeError, log } from "../log";
import { HttpError, json, type Request, type Response } from "../router";
import { hasSecret, type SecretCarrier } from "../secret";
import { parseBasic } from "./authentication";
import type { Projects } from "./projects";
import { parseScopes, permittedActions, projectOf, type Access } from "./scope";
import { makeToken, parseTokenKey, type Token } from "./token";
import type { Users } from "./users";

const SERVICE = "harbor-registry";

interface Subject {
  readonly name: string;
  readonly administrator: boolean;
}

const ANONYMOUS: Subject = { name: "", administrator: false };

/** Gives out the tokens with which clients go to the registry. */
export class TokenService {
  constructor(
    private readonly configuration: ConfigurationClient,
    private readonly users: Users,
    private readonly projects: Projects,
    private readonly keyFile: string,
    private readonly carrier: SecretCarrier,
    private readonly jobserviceSecret: string,
  ) {}

  /** A token for a client; 401 for a wrong password, and for nobody who asks for nothing. */
  async answer(request: Request): Promise<Response> {
    const service = request.query.get("service") ?? "";
    if (service !== SERVICE) throw new HttpError(400, `Unable to handle service: ${service}`);
    const scopes = parseScopes(request.query.getAll("scope"));
    const subject = await this.subject(request);
    if (subject === ANONYMOUS && scopes.length === 0) throw new HttpError(401);
    const access = await Promise.all(scopes.map((scope) => this.permit(scope, subject)));
    return json(await this.issue(subject.name, access));
  }

  /** A token for this program itself. */
  async issue(subject: string, access: readonly Access[]): Promise<Token> {
    const expiration = Number((await this.configuration.get()).token_expiration);
    // Read anew for each token, so that a replaced key counts without a restart.
    const key = parseTokenKey(readFileSync(this.keyFile, "utf8"));
    return makeToken({ subject, service: SERVICE, expiration, access }, key);
  }

  private async subject(request: Request): Promise<Subject> {
    if (hasSecret(this.carrier, request.headers, [this.jobserviceSecret])) {
      return { name: "job-service-user", administrator: true };
    }
    const given = parseBasic(request.headers.authorization);
    if (!given) return ANONYMOUS;
    const user = await this.users.authenticate(given.name, given.password);
    if (!user) throw new HttpError(401);
    return { name: user.username, administrator: user.has_admin_role === 1 };
  }

  private async permit(scope: Access, subject: Subject): Promise<Access> {
    const none = { ...scope, actions: [] };
    if (scope.type === "registry" && scope.name === "catalog") {
      return subject.administrator ? scope : none;
    }
    if (scope.type !== "repository") return none;
    const project = projectOf(scope.name);
    if (project === undefined) throw new HttpError(500, `no project in ${scope.name}`);
    try {
      const { name, administrator } = subject;
      const permissions = await this.projects.permissions(project, name, administrator);
      return { ...scope, actions: permittedActions(permissions) };
    } catch (error) {
      log.error(`permissions on ${project} not read: ${describeError(error)}`);
      return none;
    }
  }
}
