import { mapSecrets, type Configuration, type ConfigurationStore } from "../configuration";
import type { Database } from "../database";
import { decrypt, encrypt } from "../encryption";
import { SETTINGS } from "./settings";

/** A setting's value from its stored text. @throws Error for a number that is none. */
function parseStored(name: string, text: string): string | number | boolean {
  switch (SETTINGS[name]?.kind) {
    case "switch":
      return text === "true";
    case "number":
      if (!/^-?\d+$/.test(text)) throw new Error(`properties: ${name} is not a number`);
      return Number(text);
    default:
      return text;
  }
}

/** The settings in the table `properties`, which all nodes share; its secret values encrypted. */
export class DatabaseStore implements ConfigurationStore {
  constructor(
    private readonly database: Pick<Database, "rows" | "row" | "change">,
    private readonly key: Buffer,
  ) {}

  async read(): Promise<Configuration | undefined> {
    const rows = await this.database.rows<{ k: string; v: string }>("select k, v from properties");
    if (rows.length === 0) return undefined;
    const stored = Object.fromEntries(rows.map(({ k, v }) => [k, parseStored(k, v)]));
    return mapSecrets(SETTINGS, stored, (text) => decrypt(text, this.key));
  }

  async write(configuration: Configuration): Promise<void> {
    await this.writeAsIs(mapSecrets(SETTINGS, configuration, (text) => encrypt(text, this.key)));
  }

  /**
   * Writes settings whose secrets are encrypted already. Each is looked for and then added or
   * changed, as in Harbor: of two nodes that start first at the same moment, one may fail with a
   * duplicate entry, and succeeds when docker starts it again.
   */
  async writeAsIs(configuration: Configuration): Promise<void> {
    for (const [name, value] of Object.entries(configuration)) {
      const stored = await this.database.row("select id from properties where k = ?", [name]);
      const sql = stored
        ? "update properties set v = ? where k = ?"
        : "insert into properties (v, k) values (?, ?)";
      await this.database.change(sql, [String(value), name]);
    }
  }
}
