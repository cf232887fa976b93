import type { Configuration } from "./configuration";
import { describeError, log } from "./log";
import type { SecretCarrier } from "./secret";

/** Where the adminserver is unless the environment says otherwise: in the earlier releases, always. */
const DEFAULT_ADDRESS = "http://adminserver";
const START_WAIT = 60_000;
const RETRY = 100;
const FRESH = 5_000;

/** Reads the settings from the adminserver, and keeps them for a few seconds. */
export class ConfigurationClient {
  private kept?: { readonly at: number; readonly configuration: Configuration };

  constructor(
    private readonly secret: string,
    private readonly carrier: SecretCarrier,
    private readonly address = process.env.ADMINSERVER_URL ?? DEFAULT_ADDRESS,
  ) {}

  /** @throws Error when the adminserver does not answer or does not accept the secret. */
  async load(): Promise<Configuration> {
    const answer = await fetch(`${this.address}/api/configurations`, {
      headers: this.carrier.put(this.secret),
      signal: AbortSignal.timeout(5_000),
    });
    if (answer.status !== 200) throw new Error(`adminserver answered ${answer.status}`);
    const configuration = (await answer.json()) as Configuration;
    this.kept = { at: Date.now(), configuration };
    return configuration;
  }

  /** The settings, at most five seconds old. */
  async get(): Promise<Configuration> {
    if (this.kept && Date.now() - this.kept.at < FRESH) return this.kept.configuration;
    return this.load();
  }

  async text(name: string): Promise<string> {
    return String((await this.get())[name] ?? "");
  }

  /** Waits for the adminserver, which starts at the same time. @throws Error after a minute. */
  async waitFor(): Promise<Configuration> {
    const deadline = Date.now() + START_WAIT;
    for (;;) {
      try {
        return await this.load();
      } catch (error) {
        if (Date.now() > deadline) throw error;
        log.debug(`waiting for the adminserver: ${describeError(error)}`);
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
  }
}
