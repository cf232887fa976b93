import type { Database } from "../database";
import { describeError, log } from "../log";
import { sameSecret } from "../secret";
import { hashPassword, newSalt } from "./password";

const ADMINISTRATOR = 1;

export interface User {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly realname: string;
  readonly comment: string | null;
  readonly has_admin_role: number;
}

const COLUMNS = "user_id, username, email, realname, comment, sysadmin_flag as has_admin_role";

export class Users {
  constructor(private readonly database: Database) {}

  async byId(id: number): Promise<User | undefined> {
    return this.database.row<User>(
      `select ${COLUMNS} from user where user_id = ? and deleted = 0`,
      [id],
    );
  }

  async byName(name: string): Promise<User | undefined> {
    return this.database.row<User>(
      `select ${COLUMNS} from user where username = ? and deleted = 0`,
      [name],
    );
  }

  async all(): Promise<User[]> {
    return this.database.rows<User>(`select ${COLUMNS} from user where deleted = 0`);
  }

  /** The user with that name (or address) and password. An account without a salt has none yet. */
  async authenticate(principal: string, password: string): Promise<User | undefined> {
    const user = await this.database.row<User & { password: string; salt: string | null }>(
      `select ${COLUMNS}, password, salt from user
        where (username = ? or email = ?) and deleted = 0`,
      [principal, principal],
    );
    if (!user?.salt) return undefined;
    const { password: stored, salt, ...rest } = user;
    return sameSecret(await hashPassword(password, salt), stored) ? rest : undefined;
  }

  /** @returns the new user's id. */
  async register(
    user: Record<"username" | "email" | "realname" | "comment", string>,
    password: string,
  ): Promise<number> {
    const salt = newSalt();
    const { id } = await this.database.change(
      `insert into user (username, email, password, realname, comment, salt, sysadmin_flag)
        values (?, ?, ?, ?, ?, ?, 0)`,
      [
        user.username,
        user.email,
        await hashPassword(password, salt),
        user.realname,
        user.comment,
        salt,
      ],
    );
    return id;
  }

  /**
   * Gives the administrator the initial password, unless there is one already. Nodes that start at
   * the same time may all try: one statement decides, and only the first finds no salt.
   */
  async setInitialPassword(password: string): Promise<void> {
    const salt = newSalt();
    try {
      const { rows } = await this.database.change(
        `update user set password = ?, salt = ?
          where user_id = ? and (salt is null or salt = '')`,
        [await hashPassword(password, salt), salt, ADMINISTRATOR],
      );
      log.info(rows === 1 ? "initial password set" : "the administrator has a password already");
    } catch (error) {
      // As with a database that has no schema yet: the next start tries again.
      log.error(`initial password not set: ${describeError(error)}`);
    }
  }
}
