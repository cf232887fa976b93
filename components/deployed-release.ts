import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { HostFile } from "../host/command";
import { shellFile } from "../host/script";
import type { Installer } from "../release/installer";
import { type ReleaseLayout, releaseLayout } from "../release/layout";
import { type ReleaseSettings, type RenderedFile, renderRelease } from "../release/render";

/** Where releases live on a node. */
export const INSTALL_DIR = "/opt/harbor";
/** Name of the compose project on a node. */
export const PROJECT = "harbor";

/** The program by which a node brings the current release up and down. */
export function harborProgram(): HostFile {
  return { path: `${INSTALL_DIR}/bin/harbor.sh`, mode: 0o755, content: shellFile("harbor") };
}

/** The values of a release that nobody may see, by the names that stand for them in a preview. */
export interface HiddenValues<Value> {
  readonly databasePassword: Value;
  readonly redisPassword: Value;
  readonly adminPassword: Value;
  readonly uiSecret: Value;
  readonly jobserviceSecret: Value;
  readonly reloadKey: Value;
  readonly tokenKey: Value;
  readonly tokenCertificate: Value;
  /** The proxy's chain and key, for HTTPS. */
  readonly tlsCertificate?: Value;
  readonly tlsKey?: Value;
  /** Forward proxies, whose addresses may hold a password. */
  readonly httpProxy?: Value;
  readonly httpsProxy?: Value;
  /** Further keys of harbor.cfg whose values are secrets. */
  readonly [key: `harborConfig.${string}`]: Value | undefined;
}

export type HiddenName = keyof HiddenValues<unknown>;

/** The release's settings for given values of its secrets. */
export type SettingsFor = (values: HiddenValues<string>) => ReleaseSettings;

/** A release as a preview may show it: what is known without any secret. */
export interface ShownRelease {
  readonly version: string;
  readonly layout: ReleaseLayout;
  /** The files, each secret replaced by its name. */
  readonly shown: readonly HostFile[];
}

/** A release as it is deployed: the same files on every node. */
export interface DeployedRelease extends ShownRelease {
  /** The files as they land on a node; secret. */
  readonly files: pulumi.Output<readonly HostFile[]>;
  /** A sum over the files as they land, by which a node knows the release's folder; secret. */
  readonly digest: pulumi.Output<string>;
}

/** What is known of the hidden values before any is made. */
export interface HiddenFacts {
  /** The hidden values that there are. */
  readonly names: readonly HiddenName[];
  /** Those that are given, to be judged before anything is made. */
  readonly given: Partial<HiddenValues<string>>;
  /** What may be said of a value, so that a preview shows when it changes. */
  readonly notes: Partial<HiddenValues<string>>;
}

/** How a secret is written where it may not be seen. */
function placeholder(name: string, note?: string): string {
  return note === undefined ? `{{ ${name} }}` : `{{ ${name}: ${note} }}`;
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

function valuesOf(
  names: readonly HiddenName[],
  value: (name: HiddenName, index: number) => string,
): HiddenValues<string> {
  const values = Object.fromEntries(names.map((name, i) => [name, value(name, i)]));
  return values as unknown as HiddenValues<string>;
}

/**
 * A release rendered as it may be shown, which needs no secret.
 *
 * @throws ReleaseError with every problem of the settings that only the release's files can tell
 */
export function shownRelease(
  installer: Installer,
  settings: SettingsFor,
  { names, given, notes }: HiddenFacts,
): ShownRelease {
  const placeholders = valuesOf(names, (name) => placeholder(name, notes[name]));
  if (Object.keys(given).length > 0) {
    renderRelease(installer, settings({ ...placeholders, ...given }));
  }
  const hidden = settings(placeholders);
  const shown = renderRelease(installer, { ...hidden, digestPlaceholder });
  const compose = shown.find((file) => file.path === "docker-compose.yml")!;
  const shipped = installer.files.get("docker-compose.yml")!;
  return {
    version: installer.version,
    layout: releaseLayout(shipped, compose.content, hidden.dataDir),
    shown: hostFiles(shown),
  };
}

/** What a release's administration server reads its settings from. */
const ADMIN_ENVIRONMENT = "common/config/adminserver/env";

/**
 * A release rendered with a reload key that changes with the settings: releases that have one read
 * them anew only then, and otherwise go on with what the database has.
 */
function renderedFor(
  installer: Installer,
  settings: SettingsFor,
  values: HiddenValues<string>,
): RenderedFile[] {
  const files = renderRelease(installer, settings(values));
  const environment = files.find(({ path }) => path === ADMIN_ENVIRONMENT)?.content ?? "";
  if (!environment.includes(values.reloadKey)) return files;
  const reloadKey = createHash("sha256").update(environment).digest("hex").slice(0, 16);
  return renderRelease(installer, settings({ ...values, reloadKey }));
}

/** The same release as it lands on the nodes. */
export function deployedRelease(
  shown: ShownRelease,
  installer: Installer,
  settings: SettingsFor,
  secrets: HiddenValues<pulumi.Input<string>>,
): DeployedRelease {
  const names = Object.keys(secrets) as HiddenName[];
  const files = pulumi.secret(
    pulumi.all(names.map((name) => secrets[name]!)).apply((values) =>
      hostFiles(
        renderedFor(
          installer,
          settings,
          valuesOf(names, (_, i) => values[i]!),
        ),
      ),
    ),
  );
  return { ...shown, files, digest: files.apply(digestOf) };
}
