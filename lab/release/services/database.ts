import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import type { Configuration } from "./configuration";
import { describeError, log } from "./log";

const TIMEOUT = 8_000;
const RETRY = 500;

/** Errors after which the same statement may well succeed over a new connection. */
const PASSING = [
  "PROTOCOL_CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
  "ER_LOCK_DEADLOCK",
  "ER_UNKNOWN_COM_ERROR",
];

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? "";

export const isDuplicate = (error: unknown): boolean => codeOf(error) === "ER_DUP_ENTRY";

type Value = string | number | null;

/** The registry database. A connection that was lost is replaced at the next statement. */
export class Database {
  private readonly pool: Pool;

  constructor(configuration: Configuration) {
    this.pool = createPool({
      host: String(configuration.mysql_host),
      port: Number(configuration.mysql_port),
      user: String(configuration.mysql_username),
      password: String(configuration.mysql_password),
      database: String(configuration.mysql_database),
      connectTimeout: 5_000,
      connectionLimit: 20,
      enableKeepAlive: true,
    });
  }

  private async execute<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly Value[],
  ): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const connection = await this.pool.getConnection();
      try {
        const [result] = await connection.query<T>({ sql, values: [...values], timeout: TIMEOUT });
        connection.release();
        return result;
      } catch (error) {
        // A statement that timed out leaves its answer behind; the connection is of no more use.
        const fatal = (error as { fatal?: boolean }).fatal === true;
        if (fatal || codeOf(error) === "PROTOCOL_SEQUENCE_TIMEOUT") connection.destroy();
        else connection.release();
        if (attempt === 3 || !PASSING.includes(codeOf(error))) throw error;
      }
    }
  }

  async rows<T>(sql: string, values: readonly Value[] = []): Promise<T[]> {
    return (await this.execute<RowDataPacket[]>(sql, values)) as T[];
  }

  async row<T>(sql: string, values: readonly Value[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0];
  }

  async change(sql: string, values: readonly Value[] = []): Promise<{ id: number; rows: number }> {
    const { insertId, affectedRows } = await this.execute<ResultSetHeader>(sql, values);
    return { id: insertId, rows: affectedRows };
  }

  /**
   * Waits until the server lets us in, however long that takes.
   * @throws Error when it answers and refuses the account or has no such database.
   */
  async waitFor(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.rows("select 1");
        return;
      } catch (error) {
        if (["ER_ACCESS_DENIED_ERROR", "ER_DBACCESS_DENIED_ERROR"].includes(codeOf(error))) {
          throw error;
        }
        if (attempt % 20 === 0) log.warning(`waiting for the database: ${describeError(error)}`);
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }
}
