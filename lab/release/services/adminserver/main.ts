import { statfsSync } from "node:fs";
import { atStart, fromEnvironment, SETTINGS, type Configuration } from "../configuration";
import { readSecretKey } from "../encryption";
import { describeError, log } from "../log";
import { empty, HttpError, json, parseObject, Router, type Handler } from "../router";
import { hasServiceSecret } from "../secret";
import { ConfigurationStore } from "./store";

const STORE = process.env.JSON_CFG_STORE_PATH ?? "/etc/adminserver/config/config.json";
const KEY = process.env.KEY_PATH ?? "/etc/adminserver/key";

function guarded(handler: Handler): Handler {
  const secrets = [process.env.UI_SECRET ?? "", process.env.JOBSERVICE_SECRET ?? ""];
  return (request) => {
    if (!hasServiceSecret(request.headers.cookie, secrets)) throw new HttpError(401);
    return handler(request);
  };
}

/** The settings in a request. @throws HttpError 400 for an unknown one or another kind of value. */
function changes(body: string): Configuration {
  const given = parseObject(body);
  for (const [name, value] of Object.entries(given)) {
    const known = name in SETTINGS && ["string", "number", "boolean"].includes(typeof value);
    if (!known) throw new HttpError(400, `${name}: no such setting, or not a plain value`);
  }
  return given as Configuration;
}

function main(): void {
  const store = new ConfigurationStore(STORE, readSecretKey(KEY));
  const stored = store.read();
  const source = stored && process.env.RESET !== "true" ? STORE : "the environment";
  log.info(`configuration from ${source}`);
  store.write(atStart(stored, process.env));

  const router = new Router();
  router.on("GET", /^\/api\/ping$/, () => empty(200));
  router.on(
    "GET",
    /^\/api\/configurations$/,
    guarded(() => json(store.read() ?? {})),
  );
  router.on(
    "PUT",
    /^\/api\/configurations$/,
    guarded((request) => {
      store.write({ ...store.read(), ...changes(request.body) });
      return empty(200);
    }),
  );
  router.on(
    "POST",
    /^\/api\/configurations\/reset$/,
    guarded(() => {
      store.write({ ...store.read(), ...fromEnvironment(process.env, true) });
      return empty(200);
    }),
  );
  router.on(
    "GET",
    /^\/api\/systeminfo\/capacity$/,
    guarded(() => {
      const disk = statfsSync("/data");
      return json({ total: disk.blocks * disk.bsize, free: disk.bavail * disk.bsize });
    }),
  );
  router.listen(80);
  log.info("adminserver listens on port 80");
}

process.on("SIGTERM", () => process.exit(0));
try {
  main();
} catch (error) {
  log.error(`adminserver cannot start: ${describeError(error)}`);
  process.exit(1);
}
