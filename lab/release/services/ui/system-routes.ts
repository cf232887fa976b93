import { existsSync, readFileSync } from "node:fs";
import type { ConfigurationClient } from "../configuration-client";
import { json, type Response, type Router } from "../router";

const VERSION_FILE = "/harbor/VERSION";
const ROOT_CERTIFICATE = "/etc/ui/ca/ca.crt";

const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Harbor</title></head>
<body>
<h1>Harbor</h1>
<p>A stand-in for tests.</p>
<form method="post" action="/login">
<label>Name <input name="principal"></label>
<label>Password <input name="password" type="password"></label>
<button>Log in</button>
</form>
</body>
</html>
`;

const page = (): Response => ({
  status: 200,
  body: PAGE,
  headers: { "Content-Type": "text/html; charset=utf-8" },
});

/**
 * Routes of the page and of what the system says about itself: none of them asks the database.
 * @param shown further settings that the release shows to everybody.
 */
export function systemRoutes(
  router: Router,
  configuration: ConfigurationClient,
  shown: readonly string[],
): void {
  router.on("GET", /^\/(?:sign-in|sign-up|reset_password|harbor(?:\/.*)?)?$/, page);
  router.on("GET", /^\/api\/systeminfo$/, async () => {
    const settings = await configuration.load();
    return json({
      with_notary: settings.with_notary,
      with_admiral: !["", "NA"].includes(String(settings.admiral_url)),
      admiral_endpoint: settings.admiral_url,
      auth_mode: settings.auth_mode,
      registry_url: String(settings.ext_endpoint).replace(/^.*:\/\//, ""),
      project_creation_restriction: settings.project_creation_restriction,
      self_registration: settings.self_registration,
      has_ca_root: existsSync(ROOT_CERTIFICATE),
      harbor_version: readFileSync(VERSION_FILE, "utf8").trim(),
      ...Object.fromEntries(shown.map((name) => [name, settings[name]])),
    });
  });
}
