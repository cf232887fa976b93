import type { Database } from "../database";

export interface Job {
  readonly id: number;
  readonly status: string;
  readonly policy_id: number;
  readonly repository: string;
  readonly operation: string;
}

/** The replication jobs in the database, which all nodes share. */
export class Jobs {
  constructor(private readonly database: Database) {}

  async policyExists(id: number): Promise<boolean> {
    const sql = "select id from replication_policy where id = ? and deleted = 0";
    return (await this.database.row(sql, [id])) !== undefined;
  }

  /** The address that a policy replicates to. */
  async targetOf(policyId: number): Promise<string | undefined> {
    const row = await this.database.row<{ url: string | null }>(
      `select t.url from replication_policy p join replication_target t on t.id = p.target_id
        where p.id = ?`,
      [policyId],
    );
    return row?.url ?? undefined;
  }

  /** @returns the new job's id. */
  async add(policyId: number, repository: string, operation: string): Promise<number> {
    const { id } = await this.database.change(
      `insert into replication_job (status, policy_id, repository, operation)
        values ('pending', ?, ?, ?)`,
      [policyId, repository, operation],
    );
    return id;
  }

  /**
   * Puts every running job back in the queue. No row says which node runs it, so the jobs of nodes
   * that go on running are started a second time: as in Harbor 1.1 to 1.4 (goharbor/harbor#3747).
   */
  async resetRunning(): Promise<number> {
    const sql = "update replication_job set status = 'pending' where status = 'running'";
    return (await this.database.change(sql)).rows;
  }

  async pending(): Promise<Job[]> {
    return this.database.rows<Job>(
      `select id, status, policy_id, repository, operation from replication_job
        where status = 'pending' order by id limit 100`,
    );
  }

  /** Takes a pending job; false when another node was first. */
  async take(id: number): Promise<boolean> {
    const sql = "update replication_job set status = 'running' where id = ? and status = 'pending'";
    return (await this.database.change(sql, [id])).rows === 1;
  }

  async finish(id: number, status: "finished" | "error"): Promise<void> {
    await this.database.change("update replication_job set status = ? where id = ?", [status, id]);
  }
}
