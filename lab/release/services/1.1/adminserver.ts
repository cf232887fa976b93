import { serveSettings } from "../adminserver/routes";
import { readSecretKey } from "../encryption";
import { log } from "../log";
import { secretCookie } from "../secret";
import { runService } from "../service";
import { FileStore } from "./file-store";
import { atStart, SETTINGS } from "./settings";

const STORE = process.env.JSON_CFG_STORE_PATH ?? "/etc/adminserver/config/config.json";
const KEY = process.env.KEY_PATH ?? "/etc/adminserver/key";

async function main(): Promise<void> {
  const store = new FileStore(STORE, readSecretKey(KEY));
  const stored = await store.read();
  const source = stored && process.env.RESET !== "true" ? STORE : "the environment";
  log.info(`configuration from ${source}`);
  await store.write(atStart(stored, process.env));
  serveSettings(store, SETTINGS, secretCookie);
}

runService("adminserver", main);
