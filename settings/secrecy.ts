import { isSecretKey } from "../harbor/secret-keys";
import type { Problem } from "./errors";
import { field, type Given, textAt } from "./given";
import { carriesPassword } from "./proxy";
import { SECRET_SETTINGS } from "./schema";

/** The secret settings, and those that are secrets by their names or by what is in them. */
function secretSettings(given: Given): string[] {
  const keys = typeof given.harborConfig === "object" ? Object.keys(given.harborConfig ?? {}) : [];
  const proxies = ["http", "https"].filter((name) =>
    carriesPassword(textAt(given.proxy, name) ?? ""),
  );
  return [
    ...SECRET_SETTINGS,
    ...proxies.map((name) => `proxy.${name}`),
    ...keys.filter(isSecretKey).map((key) => `harborConfig.${key}`),
  ];
}

/** Secrets that stand in plain text; a bad value is none the less one. */
export function plainSecretProblems(given: Given, secretKeys: ReadonlySet<string>): Problem[] {
  return secretSettings(given).flatMap((setting) => {
    const [key, ...rest] = setting.split(".");
    const value = field(given, key!, ...rest);
    const isThere = typeof value === "number" || (typeof value === "string" && value !== "");
    if (!isThere || secretKeys.has(key!)) return [];
    return [
      {
        setting,
        message: `stands in plain text; set it with \`pulumi config set --secret --path 'harbor-ha:${setting}'\``,
      },
    ];
  });
}
