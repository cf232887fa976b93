import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { HostFile } from "../host/command";
import type { Installer } from "../release/installer";
import { type ReleaseLayout, releaseLayout } from "../release/layout";
import { type ReleaseSettings, type RenderedFile, renderRelease } from "../release/render";

/** Where releases live on a node. */
export const INSTALL_DIR = "/opt/harbor";
/** Name of the compose project on a node. */
export const PROJECT = "harbor";
/** Where the release's log service writes on a node. */
export const LOG_DIR = "/var/log/harbor";

/** A release as it is deployed: the same files on every node. */
export interface DeployedRelease {
  readonly version: string;
  readonly layout: ReleaseLayout;
  /** The files as a preview may show them, each secret replaced by its name. */
  readonly shown: readonly HostFile[];
  /** The files as they land on a node; secret. */
  readonly files: pulumi.Output<readonly HostFile[]>;
  /** A sum over the files as they land, by which a node knows the release's folder; secret. */
  readonly digest: pulumi.Output<string>;
  /** The offline installer with the images; without it nodes pull them. */
  readonly archive?: { readonly sha256: string; readonly member: string };
}

/** The values of a release that nobody may see, by the names that stand for them in a preview. */
export interface ReleaseSecrets {
  readonly databasePassword: pulumi.Input<string>;
  readonly redisPassword: pulumi.Input<string>;
  readonly adminPassword: pulumi.Input<string>;
  readonly uiSecret: pulumi.Input<string>;
  readonly jobserviceSecret: pulumi.Input<string>;
  readonly reloadKey: pulumi.Input<string>;
  readonly tokenKey: pulumi.Input<string>;
  readonly tokenCertificate: pulumi.Input<string>;
  /** Further keys of harbor.cfg whose values are secrets. */
  readonly [key: `harborConfig.${string}`]: pulumi.Input<string> | undefined;
}

type Revealed = { readonly [Name in keyof ReleaseSecrets]: string };

/** How a secret is written where it may not be seen. */
function placeholder(name: string): string {
  return `{{ ${name} }}`;
}

/** What a service's digest label shows in a preview: the real one covers secrets. */
function digestPlaceholder(service: string): string {
  return placeholder(`digest of the files of ${service}`);
}

function digestOf(files: readonly HostFile[]): string {
  const hash = createHash("sha256");
  for (const { path, mode, content } of files) hash.update(JSON.stringify([path, mode, content]));
  return hash.digest("hex").slice(0, 12);
}

function hostFiles(files: readonly RenderedFile[]): HostFile[] {
  return files.map(({ path, mode, content }) => ({ path, mode, content }));
}

function named<Name extends string>(
  names: readonly Name[],
  value: (name: Name, index: number) => string,
): Record<Name, string> {
  return Object.fromEntries(names.map((name, i) => [name, value(name, i)])) as Record<Name, string>;
}

/**
 * A release rendered twice: as it may be shown, which needs no secret and is known in a preview, and
 * as it lands on the nodes.
 *
 * @param settings the release's settings for given values of its secrets
 */
export function deployedRelease(
  installer: Installer,
  settings: (secrets: Revealed) => ReleaseSettings,
  secrets: ReleaseSecrets,
): DeployedRelease {
  const names = Object.keys(secrets) as (keyof ReleaseSecrets)[];
  const hiddenSettings = settings(named(names, placeholder));
  const shown = renderRelease(installer, { ...hiddenSettings, digestPlaceholder });
  const compose = shown.find((file) => file.path === "docker-compose.yml")!;
  const files = pulumi.secret(
    pulumi
      .all(names.map((name) => secrets[name]))
      .apply((values) =>
        hostFiles(renderRelease(installer, settings(named(names, (_, i) => values[i]!)))),
      ),
  );
  return {
    version: installer.version,
    layout: releaseLayout(
      installer.files.get("docker-compose.yml")!,
      compose.content,
      hiddenSettings.dataDir,
    ),
    shown: hostFiles(shown),
    files,
    digest: files.apply(digestOf),
    archive: installer.imageArchive
      ? { sha256: installer.sha256, member: installer.imageArchive }
      : undefined,
  };
}
