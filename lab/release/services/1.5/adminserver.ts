import { existsSync, readFileSync } from "node:fs";
import { serveSettings } from "../adminserver/routes";
import { fromEnvironment, type Configuration } from "../configuration";
import { Database } from "../database";
import { readSecretKey } from "../encryption";
import { log } from "../log";
import { secretHeader } from "../secret";
import { runService } from "../service";
import { DatabaseStore } from "./database-store";
import { atStart, isReset, SETTINGS, takenOver } from "./settings";

const EARLIER_STORE = process.env.JSON_CFG_STORE_PATH ?? "/etc/adminserver/config/config.json";
const KEY = process.env.KEY_PATH ?? "/etc/adminserver/key";

async function main(): Promise<void> {
  const database = new Database(fromEnvironment(SETTINGS, process.env));
  await database.waitFor();
  const store = new DatabaseStore(database, readSecretKey(KEY));
  if ((await store.read()) === undefined && existsSync(EARLIER_STORE)) {
    log.info(`configuration taken over from ${EARLIER_STORE}`);
    const text = readFileSync(EARLIER_STORE, "utf8");
    await store.writeAsIs(takenOver(JSON.parse(text) as Configuration));
  }
  const stored = await store.read();
  const kept = stored && !isReset(stored, process.env);
  log.info(`configuration from ${kept ? "the database" : "the environment"}`);
  await store.write(atStart(stored, process.env));
  serveSettings(store, SETTINGS, secretHeader);
}

runService("adminserver", main);
