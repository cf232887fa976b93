import { statfsSync } from "node:fs";
import {
  fromEnvironment,
  type Configuration,
  type ConfigurationStore,
  type SettingTable,
} from "../configuration";
import { log } from "../log";
import { empty, HttpError, json, parseObject, Router, type Handler } from "../router";
import { hasSecret, type SecretCarrier } from "../secret";

/** The settings in a request. @throws HttpError 400 for an unknown one or another kind of value. */
function changes(settings: SettingTable, body: string): Configuration {
  const given = parseObject(body);
  for (const [name, value] of Object.entries(given)) {
    const known = name in settings && ["string", "number", "boolean"].includes(typeof value);
    if (!known) throw new HttpError(400, `${name}: no such setting, or not a plain value`);
  }
  return given as Configuration;
}

/** Serves the stored settings to the other services, on the port that PORT names; else on 80. */
export function serveSettings(
  store: ConfigurationStore,
  settings: SettingTable,
  carrier: SecretCarrier,
): void {
  const secrets = [process.env.UI_SECRET ?? "", process.env.JOBSERVICE_SECRET ?? ""];
  const guarded =
    (handler: Handler): Handler =>
    (request) => {
      if (!hasSecret(carrier, request.headers, secrets)) throw new HttpError(401);
      return handler(request);
    };
  const change = async (changed: Configuration): Promise<void> =>
    store.write({ ...(await store.read()), ...changed });

  const router = new Router();
  router.on("GET", /^\/api\/ping$/, () => empty(200));
  router.on(
    "GET",
    /^\/api\/configurations$/,
    guarded(async () => json((await store.read()) ?? {})),
  );
  router.on(
    "PUT",
    /^\/api\/configurations$/,
    guarded(async (request) => {
      await change(changes(settings, request.body));
      return empty(200);
    }),
  );
  router.on(
    "POST",
    /^\/api\/configurations\/reset$/,
    guarded(async () => {
      await change(fromEnvironment(settings, process.env));
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
  const port = Number(process.env.PORT ?? 80);
  router.listen(port);
  log.info(`adminserver listens on port ${port}`);
}
