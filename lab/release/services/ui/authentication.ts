import { describeError, log } from "../log";
import { HttpError, type Request } from "../router";
import type { Sessions } from "./sessions";
import type { User, Users } from "./users";

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** Reads an Authorization header; undefined where it is not basic authentication. */
export function parseBasic(header: string | undefined): Credentials | undefined {
  const match = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? "");
  if (!match?.[1]) return undefined;
  const text = Buffer.from(match[1], "base64").toString("utf8");
  const at = text.indexOf(":");
  return at < 0 ? undefined : { name: text.slice(0, at), password: text.slice(at + 1) };
}

/** Says who sends a request, by its credentials or else its session. */
export class Authentication {
  constructor(
    private readonly users: Users,
    private readonly sessions: Sessions,
  ) {}

  /** Undefined for somebody unknown. @throws Error when the database does not answer. */
  async user(request: Request): Promise<User | undefined> {
    const given = parseBasic(request.headers.authorization);
    if (given) {
      const user = await this.users
        .authenticate(given.name, given.password)
        .catch((error: unknown) => {
          log.error(`credentials not checked: ${describeError(error)}`);
          return undefined;
        });
      if (user) return user;
    }
    const id = await this.sessions.userId(request.headers.cookie);
    return id === undefined ? undefined : this.users.byId(id);
  }

  /** @throws HttpError 401 for somebody unknown. */
  async required(request: Request): Promise<User> {
    const user = await this.user(request);
    if (!user) throw new HttpError(401);
    return user;
  }

  /** @throws HttpError 401 for somebody unknown, 403 for another user. */
  async administrator(request: Request): Promise<User> {
    const user = await this.required(request);
    if (user.has_admin_role !== 1) throw new HttpError(403);
    return user;
  }
}
