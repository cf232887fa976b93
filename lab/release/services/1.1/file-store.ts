import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { mapSecrets, type Configuration, type ConfigurationStore } from "../configuration";
import { decrypt, encrypt } from "../encryption";
import { SETTINGS } from "./settings";

/** The settings in a file that only root can read, its secret values encrypted. */
export class FileStore implements ConfigurationStore {
  constructor(
    private readonly file: string,
    private readonly key: Buffer,
  ) {}

  read(): Promise<Configuration | undefined> {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return Promise.resolve(undefined);
      throw error;
    }
    if (text === "") return Promise.resolve(undefined);
    const stored = JSON.parse(text) as Configuration;
    return Promise.resolve(mapSecrets(SETTINGS, stored, (secret) => decrypt(secret, this.key)));
  }

  write(configuration: Configuration): Promise<void> {
    const sealed = mapSecrets(SETTINGS, configuration, (text) => encrypt(text, this.key));
    mkdirSync(dirname(this.file), { recursive: true });
    // Renamed into place, as another node may be reading the file on the shared file system.
    const aside = `${this.file}.${process.pid}.${process.hrtime.bigint()}`;
    writeFileSync(aside, JSON.stringify(sealed, null, 2), { mode: 0o600 });
    chmodSync(aside, 0o600);
    renameSync(aside, this.file);
    return Promise.resolve();
  }
}
