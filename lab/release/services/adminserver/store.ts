import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SETTINGS, type Configuration } from "../configuration";
import { decrypt, encrypt } from "../encryption";

/** The settings in a file that only root can read, its secret values encrypted. */
export class ConfigurationStore {
  constructor(
    private readonly file: string,
    private readonly key: Buffer,
  ) {}

  /** The stored settings; undefined when nothing was stored yet. */
  read(): Configuration | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    if (text === "") return undefined;
    return this.map(JSON.parse(text) as Configuration, decrypt);
  }

  write(configuration: Configuration): void {
    const text = JSON.stringify(this.map(configuration, encrypt), null, 2);
    mkdirSync(dirname(this.file), { recursive: true });
    // Renamed into place, as another node may be reading the file on the shared file system.
    const aside = `${this.file}.${process.pid}.${process.hrtime.bigint()}`;
    writeFileSync(aside, text, { mode: 0o600 });
    chmodSync(aside, 0o600);
    renameSync(aside, this.file);
  }

  private map(from: Configuration, change: (text: string, key: Buffer) => string): Configuration {
    const to: Configuration = {};
    for (const [name, value] of Object.entries(from)) {
      const secret = SETTINGS[name]?.secret === true && typeof value === "string" && value !== "";
      to[name] = secret ? change(value, this.key) : value;
    }
    return to;
  }
}
