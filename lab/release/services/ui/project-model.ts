import type { Database } from "../database";
import type { Project } from "./projects";

/** A push or a pull, for the access log. */
export interface Access {
  readonly name: string;
  readonly tag: string;
  readonly username: string;
  readonly operation: string;
  readonly project: string;
}

/** How a release stores projects and what belongs to them, and how its API writes them. */
export interface ProjectModel {
  /** SQL: whether the row `m` of project_member is that of the user with an id (an expression). */
  memberIs(id: string): string;
  /** SQL: 1 where the project `p` is public, else 0. */
  readonly isPublic: string;
  /** @returns the new project's id. */
  addProject(db: Database, name: string, isPublic: boolean, owner: number): Promise<number>;
  addMember(db: Database, project: number, user: number, role: number): Promise<void>;
  /** Adds a repository, unless it is known or its project is not. */
  addRepository(db: Database, name: string, project: string, username: string): Promise<void>;
  logAccess(db: Database, access: Access): Promise<void>;
  /** Whether a request for a new project asks for a public one. */
  wantsPublic(body: Readonly<Record<string, unknown>>): boolean;
  /** A project as the API writes it. */
  describe(this: void, project: Project): object;
}
