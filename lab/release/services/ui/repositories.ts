import { isDuplicate, type Database } from "../database";
import type { ProjectModel } from "./project-model";
import { projectOf } from "./scope";

export interface Repository {
  readonly repository_id: number;
  readonly name: string;
  readonly project_id: number;
  readonly pull_count: number;
}

export class Repositories {
  constructor(
    private readonly database: Database,
    private readonly model: ProjectModel,
  ) {}

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
      await this.model.addRepository(this.database, name, projectOf(name) ?? "", username);
    } catch (error) {
      // Two nodes were told of two pushes at once.
      if (!isDuplicate(error)) throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await this.database.change("delete from repository where name = ?", [name]);
  }

  async countPull(name: string): Promise<void> {
    await this.database.change("update repository set pull_count = pull_count + 1 where name = ?", [
      name,
    ]);
  }

  async logAccess(name: string, tag: string, username: string, operation: string): Promise<void> {
    const project = projectOf(name) ?? "";
    await this.model.logAccess(this.database, { name, tag, username, operation, project });
  }
}
