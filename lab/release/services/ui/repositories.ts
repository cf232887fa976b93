import type { Database } from "../database";
import { isDuplicate } from "../database";
import { projectOf } from "./scope";

export interface Repository {
  readonly repository_id: number;
  readonly name: string;
  readonly project_id: number;
  readonly pull_count: number;
}

export class Repositories {
  constructor(private readonly database: Database) {}

  async ofProject(projectId: number, keyword: string): Promise<Repository[]> {
    return this.database.rows<Repository>(
      `select repository_id, name, project_id, pull_count from repository
        where project_id = ? and locate(?, name) > 0 order by name`,
      [projectId, keyword],
    );
  }

  /** Adds a repository that was pushed to; nothing happens when it is known, or its project is not. */
  async add(name: string, username: string): Promise<void> {
    try {
      await this.database.change(
        `insert into repository (name, project_id, owner_id)
          select ?, p.project_id, coalesce(u.user_id, p.owner_id) from project p
            left join user u on u.username = ? where p.name = ? and p.deleted = 0
            and not exists (select 1 from repository r where r.name = ?)`,
        [name, username, projectOf(name) ?? "", name],
      );
    } catch (error) {
      // Two nodes were told of two pushes at once.
      if (!isDuplicate(error)) throw error;
    }
  }

  async countPull(name: string): Promise<void> {
    await this.database.change("update repository set pull_count = pull_count + 1 where name = ?", [
      name,
    ]);
  }

  async logAccess(name: string, tag: string, username: string, operation: string): Promise<void> {
    await this.database.change(
      `insert into access_log (user_id, project_id, repo_name, repo_tag, operation)
        select u.user_id, p.project_id, ?, ?, ? from project p join user u on u.username = ?
        where p.name = ?`,
      [name, tag, operation, username, projectOf(name) ?? ""],
    );
  }
}
