import type { Problem } from "./errors";
import { SECRET_SETTINGS, type Settings } from "./schema";

/*
 * Checks that need more than one value. Each takes whatever part of the settings is there, since the
 * rest may have failed its own check, and says every problem that it sees.
 */

type Given = { [K in keyof Settings]?: unknown };

interface Release {
  readonly major: number;
  readonly minor: number;
}

/** First and last release line that is known, per database kind. */
const RELEASES = "1.1 to 1.5 (MySQL)";

function parseRelease(version: unknown): Release | undefined {
  const match = /^v?(\d+)\.(\d+)\.\d+$/.exec(typeof version === "string" ? version : "");
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}

function field(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined,
    value,
  );
}

function releaseProblems(given: Given): Problem[] {
  const release = parseRelease(field(given.release, "version"));
  if (!release) return [];
  const { major, minor } = release;
  const kind = field(given.database, "kind") ?? "mysql";
  const usesPostgresql = major > 1 || minor >= 6;
  const problems: Problem[] = [];
  if (major < 1 || (major === 1 && minor < 1)) {
    problems.push({
      setting: "release.version",
      message: `is not a release that this program knows; known are ${RELEASES}`,
    });
  } else if (usesPostgresql) {
    problems.push({
      setting: "release.version",
      message: `is of the PostgreSQL generation (1.6 and later), which this version cannot deploy yet; known are ${RELEASES}`,
    });
    if (kind === "mysql") {
      problems.push({
        setting: "database.kind",
        message: "must be postgresql, as Harbor 1.6 and later do not work on MySQL",
      });
    }
  } else if (kind === "postgresql") {
    problems.push({
      setting: "database.kind",
      message: `must be mysql, as Harbor ${major}.${minor} does not work on PostgreSQL (1.6 is the first that does)`,
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
  if (typeof zone !== "string" || typeof hostname !== "string" || zone === "") return [];
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

function plainSecretProblems(given: Given, secretKeys: ReadonlySet<string>): Problem[] {
  return SECRET_SETTINGS.flatMap((setting) => {
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
