import { generation, isSupported, SUPPORTED_RANGE } from "../harbor/versions";
import { isSecretKey } from "../harbor/secret-keys";
import type { Problem } from "./errors";
import { isDnsName } from "./fields";
import { SECRET_SETTINGS, type Settings } from "./schema";

/*
 * Checks that need more than one value. Each takes whatever part of the settings is there, since the
 * rest may have failed its own check, and says every problem that it sees.
 */

type Given = { [K in keyof Settings]?: unknown };

function field(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function releaseProblems(given: Given): Problem[] {
  const version = field(given.release, "version");
  if (typeof version !== "string" || !/^v?\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(version)) return [];
  const needed = generation(version);
  const kind = field(given.database, "kind") ?? "mysql";
  const problems: Problem[] = [];
  if (!isSupported(version)) {
    problems.push({
      setting: "release.version",
      message: `is ${version}, which this program cannot deploy; it knows Harbor ${SUPPORTED_RANGE}`,
    });
  }
  if ((kind === "mysql" || kind === "postgresql") && kind !== needed) {
    problems.push({
      setting: "database.kind",
      message: `must be ${needed} for Harbor ${version}: releases up to 1.5 work on MySQL, later ones on PostgreSQL`,
    });
  }
  return problems;
}

function uniquenessProblems(given: Given): Problem[] {
  if (!Array.isArray(given.nodes)) return [];
  const nodes: unknown[] = given.nodes;
  return ["name", "address"].flatMap((key) => {
    const firstAt = new Map<unknown, number>();
    return nodes.flatMap((node, i) => {
      const value = field(node, key);
      if (typeof value !== "string" || value === "") return [];
      const first = firstAt.get(value);
      if (first === undefined) {
        firstAt.set(value, i);
        return [];
      }
      return [
        {
          setting: `nodes[${i}].${key}`,
          message: `is ${JSON.stringify(value)}, which nodes[${first}] has already; each node needs its own`,
        },
      ];
    });
  });
}

function zoneProblems(given: Given): Problem[] {
  const zone = field(given.dns, "zone");
  const { hostname } = given;
  // A hostname that is none has its own message.
  if (typeof zone !== "string" || typeof hostname !== "string" || zone === "") return [];
  if (!isDnsName(hostname)) return [];
  const inside = hostname === zone || hostname.endsWith(`.${zone}`);
  return inside
    ? []
    : [
        {
          setting: "dns.zone",
          message: `is ${JSON.stringify(zone)}, which does not hold the hostname ${JSON.stringify(hostname)}`,
        },
      ];
}

/** The secret settings, and the keys of harborConfig that hold secrets by their names. */
function secretSettings(given: Given): string[] {
  const keys = typeof given.harborConfig === "object" ? Object.keys(given.harborConfig ?? {}) : [];
  return [...SECRET_SETTINGS, ...keys.filter(isSecretKey).map((key) => `harborConfig.${key}`)];
}

function plainSecretProblems(given: Given, secretKeys: ReadonlySet<string>): Problem[] {
  return secretSettings(given).flatMap((setting) => {
    const [key, ...rest] = setting.split(".");
    const value = field(given[key as keyof Settings], ...rest);
    if (typeof value !== "string" || value === "" || secretKeys.has(key!)) return [];
    return [
      {
        setting,
        message: `stands in plain text; set it with \`pulumi config set --secret --path 'harbor-ha:${setting}'\``,
      },
    ];
  });
}

/**
 * Problems between values.
 *
 * @param given the settings as written, not yet known to be valid
 * @param secretKeys the top-level keys that the stack keeps encrypted
 */
export function crossProblems(given: Given, secretKeys: ReadonlySet<string>): Problem[] {
  return [
    ...releaseProblems(given),
    ...uniquenessProblems(given),
    ...zoneProblems(given),
    ...plainSecretProblems(given, secretKeys),
  ];
}
