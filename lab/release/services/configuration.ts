/** The settings that the adminserver keeps and the other services read from it. */
export type Configuration = Record<string, string | number | boolean>;

type Kind = "text" | "number" | "switch";

interface Setting {
  readonly env: string;
  readonly kind: Kind;
  /** Encrypted where it is stored. */
  readonly secret?: true;
  /** Taken from the environment at each start, whatever RESET says. */
  readonly repeated?: true;
}

/** The settings that a release knows, by name. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** Reads an environment variable. @throws Error for a number that is none. */
function parseSetting({ env, kind }: Setting, text: string): string | number | boolean {
  if (kind === "text") return text;
  if (kind === "switch") return ["true", "on"].includes(text.toLowerCase());
  if (text !== "" && !/^-?\d+$/.test(text)) throw new Error(`${env}: "${text}" is not a number`);
  return Number(text);
}

/**
 * What the environment says of the settings that are wanted.
 * @throws Error for a number that is none.
 */
export function fromEnvironment(
  settings: SettingTable,
  env: NodeJS.ProcessEnv,
  wanted: (name: string, setting: Setting) => boolean = () => true,
): Configuration {
  const configuration: Configuration = {};
  for (const [name, setting] of Object.entries(settings)) {
    if (wanted(name, setting)) {
      configuration[name] = parseSetting(setting, env[setting.env] ?? "");
    }
  }
  return configuration;
}

/** Changes the secret values: encrypts them before they are stored, decrypts them after. */
export function mapSecrets(
  settings: SettingTable,
  from: Configuration,
  change: (text: string) => string,
): Configuration {
  const to: Configuration = {};
  for (const [name, value] of Object.entries(from)) {
    const secret = settings[name]?.secret === true && typeof value === "string" && value !== "";
    to[name] = secret ? change(value) : value;
  }
  return to;
}

/** Where an adminserver keeps its settings. */
export interface ConfigurationStore {
  /** The stored settings; undefined when nothing was stored yet. */
  read(): Promise<Configuration | undefined>;
  write(configuration: Configuration): Promise<void>;
}
