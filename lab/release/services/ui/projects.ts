import type { Database } from "../database";
import type { ProjectModel } from "./project-model";
import type { User } from "./users";

const PROJECT_ADMIN = 1;

export interface Project {
  readonly project_id: number;
  readonly owner_id: number;
  readonly name: string;
  readonly public: number;
  readonly creation_time: string;
  readonly current_user_role_id: number;
  readonly repo_count: number;
}

export class Projects {
  /** Takes the user's id. */
  private readonly select: string;

  constructor(
    private readonly database: Database,
    private readonly model: ProjectModel,
  ) {
    this.select = `select p.project_id, p.owner_id, p.name, p.creation_time,
        ${model.isPublic} as public, coalesce(m.role, 0) as current_user_role_id,
        (select count(*) from repository r where r.project_id = p.project_id) as repo_count
      from project p
        left join project_member m on m.project_id = p.project_id and ${model.memberIs("?")}
      where p.deleted = 0`;
  }

  /** The projects that a user may see; without a user, the public ones. */
  async visibleTo(user: User | undefined): Promise<Project[]> {
    const all = user?.has_admin_role === 1;
    const restriction = all ? "" : ` and (${this.model.isPublic} = 1 or m.role is not null)`;
    return this.database.rows<Project>(`${this.select}${restriction} order by p.name`, [
      user?.user_id ?? 0,
    ]);
  }

  async byId(id: number, user: User | undefined): Promise<Project | undefined> {
    return this.database.row<Project>(`${this.select} and p.project_id = ?`, [
      user?.user_id ?? 0,
      id,
    ]);
  }

  /** @returns the new project's id; its owner administers it. */
  async create(name: string, isPublic: boolean, owner: User): Promise<number> {
    const id = await this.model.addProject(this.database, name, isPublic, owner.user_id);
    await this.addMember(id, owner.user_id, PROJECT_ADMIN);
    return id;
  }

  async addMember(projectId: number, userId: number, role: number): Promise<void> {
    await this.model.addMember(this.database, projectId, userId, role);
  }

  async members(projectId: number): Promise<object[]> {
    return this.database.rows<object>(
      `select u.user_id, u.username, r.role_id, r.name as role_name from project_member m
        join user u on ${this.model.memberIs("u.user_id")} and u.deleted = 0
        join role r on r.role_id = m.role where m.project_id = ?`,
      [projectId],
    );
  }

  /** The letters of what a user may do in a project; empty where there is no such project. */
  async permissions(project: string, username: string, isAdministrator: boolean): Promise<string> {
    const found = await this.database.row<{ public: number; role_code: string | null }>(
      `select ${this.model.isPublic} as public, r.role_code from project p
        left join user u on u.username = ? and u.deleted = 0
        left join project_member m on m.project_id = p.project_id
          and ${this.model.memberIs("u.user_id")}
        left join role r on r.role_id = m.role
        where p.name = ? and p.deleted = 0`,
      [username, project],
    );
    if (!found) return "";
    if (isAdministrator) return "RWM";
    return `${found.role_code ?? ""}${found.public === 1 ? "R" : ""}`;
  }
}
