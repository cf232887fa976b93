import { generation, isSupported, moveProblem, SUPPORTED_RANGE } from "../harbor/versions";
import { sumProblems } from "./archive";
import type { Problem } from "./errors";
import { isDnsName } from "./fields";
import { field, type Given } from "./given";
import { proxyProblems } from "./proxy";
import { sharingProblems } from "./sharing";
import { plainSecretProblems } from "./secrecy";
import { rolloutProblems } from "./rollout";
import { certificateProblems, renewalProblems } from "./tls-rules";
import type { StackConfiguration } from "./stack-configuration";
import { uniquenessProblems } from "./uniqueness";
import { harborConfigProblems } from "./unsupported";

/*
 * Checks that need more than one value. Each takes whatever part of the settings is there, since the
 * rest may have failed its own check, and says every problem that it sees.
 */

function releaseProblems(given: Given, deployed: string | undefined): Problem[] {
  const version = field(given.release, "version");
  if (typeof version !== "string" || !/^v?\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(version)) return [];
  if (!isSupported(version)) {
    const message = `is ${version}, which this program cannot deploy; it knows Harbor ${SUPPORTED_RANGE}`;
    // What such a release needs besides would lead nowhere.
    return [{ setting: "release.version", message }];
  }
  const needed = generation(version);
  const kind = field(given.database, "kind") ?? "mysql";
  const problems: Problem[] = [];
  if (deployed !== undefined) {
    const message = moveProblem(deployed, version);
    if (message !== undefined) problems.push({ setting: "release.version", message });
  }
  if ((kind === "mysql" || kind === "postgresql") && kind !== needed) {
    problems.push({
      setting: "database.kind",
      message: `must be ${needed} for Harbor ${version}: releases up to 1.5 work on MySQL, later ones on PostgreSQL`,
    });
  }
  return problems;
}

function zoneProblems(given: Given): Problem[] {
  const zone = field(given.dns, "zone");
  const { hostname } = given;
  // A hostname that is none has its own message.
  if (typeof zone !== "string" || typeof hostname !== "string" || zone === "") return [];
  if (!isDnsName(hostname)) return [];
  const inside = `.${hostname}`.toLowerCase().endsWith(`.${zone}`.toLowerCase());
  return inside
    ? []
    : [
        {
          setting: "dns.zone",
          message: `is ${JSON.stringify(zone)}, which does not hold the hostname ${JSON.stringify(hostname)}`,
        },
      ];
}

/**
 * Problems between values.
 *
 * @param given the settings as written, not yet known to be valid
 * @param configuration what the stack keeps encrypted, what it runs, and what stands beside it
 * @param now the time by which certificates are judged
 */
export function crossProblems(
  given: Given,
  configuration: Omit<StackConfiguration, "values">,
  now: Date,
): Problem[] {
  return [
    ...releaseProblems(given, configuration.deployedRelease),
    ...sumProblems(given),
    ...uniquenessProblems(given),
    ...zoneProblems(given),
    ...certificateProblems(given, now),
    ...renewalProblems(given),
    ...proxyProblems(given),
    ...rolloutProblems(given),
    ...harborConfigProblems(given),
    ...plainSecretProblems(given, configuration.secretKeys),
    ...sharingProblems(given, configuration),
  ];
}
