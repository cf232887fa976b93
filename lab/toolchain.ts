import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import * as semver from "semver";
import { withSignsOfLife } from "../signs-of-life";
import { timedReport, type Report } from "./report";
import { hasCommand, run } from "./shell";
import { CACHE_DIR } from "./topology";

const MINIMUM = "3.245.0";
const GO_MINIMUM = "1.25.0";
const DOWNLOAD_SECONDS = 60;
const MODULE_FOLDER = path.join(__dirname, "cli");
const COMMAND_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
/** The linker fills it in official builds; without it the CLI has no version to tell. */
const VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** The version of the CLI that the module pins, as `3.253.0`. */
async function pinnedVersion(): Promise<string> {
  const text = await readFile(path.join(MODULE_FOLDER, "go.mod"), "utf8");
  const version = /github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(text)?.[1];
  if (!version)
    throw new Error(
      "lab/cli/go.mod does not pin github.com/pulumi/pulumi/pkg/v3; take the file from the repository",
    );
  return version;
}

async function versionOf(binary: string): Promise<string | undefined> {
  const env = { PULUMI_SKIP_UPDATE_CHECK: "true" };
  const output = await run(binary, ["version"], { env, timeout: 30 }).catch(() => undefined);
  return semver.valid(output?.stdout.trim()) ?? undefined;
}

async function officialDownload(version: string, root: string): Promise<boolean> {
  const install = PulumiCommand.install({ version: new semver.SemVer(version), root }).then(
    () => true,
    () => false,
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DOWNLOAD_SECONDS * 1000);
  });
  return Promise.race([install, timeout]).finally(() => clearTimeout(timer));
}

async function buildFromModule(version: string, root: string, report: Report): Promise<void> {
  const go = (await hasCommand("go")) ? await run("go", ["env", "GOVERSION"]) : undefined;
  const goVersion = semver.coerce(go?.stdout)?.version;
  if (!goVersion || semver.lt(goVersion, GO_MINIMUM)) {
    throw new Error(
      `no Pulumi CLI: there is none of ${MINIMUM} or later on PATH, the official download ` +
        `cannot be reached, and building it needs Go ${GO_MINIMUM} or later on PATH ` +
        `(${goVersion ? `found ${goVersion}` : "found none"}); install one of them`,
    );
  }
  const output = path.join(root, "bin", "pulumi");
  const flags = ["-ldflags", `-s -w -X ${VERSION_SYMBOL}=${version}`, "-o", output];
  report(`Pulumi CLI ${version}: building the Go module (minutes, once)`);
  await withSignsOfLife("Pulumi CLI: building", report, () =>
    run("go", ["build", ...flags, COMMAND_PACKAGE], {
      cwd: MODULE_FOLDER,
      env: { GOFLAGS: "-mod=readonly" },
    }),
  );
}

/**
 * Path of a Pulumi CLI: the one on PATH when recent, else the pinned version from the cache,
 * which the official download fills, or, where that cannot be reached, a build of the Go module.
 * @throws Error saying what to install when none of these works.
 */
export async function ensurePulumi(report: Report = timedReport()): Promise<string> {
  const onPath = await versionOf("pulumi");
  if (onPath && semver.gte(onPath, MINIMUM)) {
    report(`Pulumi CLI ${onPath}: the one on PATH`);
    return (await run("sh", ["-c", "command -v pulumi"])).stdout.trim();
  }
  const version = await pinnedVersion();
  const root = path.join(CACHE_DIR, `pulumi-${version}`);
  const binary = path.join(root, "bin", "pulumi");
  const why = onPath ? `the one on PATH is ${onPath}` : "none on PATH";
  if (existsSync(binary)) {
    report(`Pulumi CLI ${version}: from the cache (${why})`);
    return binary;
  }

  // Each attempt has a folder of its own, so that one cut short leaves nothing behind.
  const partial = path.join(CACHE_DIR, `pulumi-${version}.${String(process.pid)}`);
  await mkdir(CACHE_DIR, { recursive: true });
  try {
    if (await officialDownload(version, `${partial}-download`)) {
      await rename(`${partial}-download`, root);
      report(`Pulumi CLI ${version}: downloaded (${why})`);
    } else {
      report(`Pulumi CLI ${version}: ${why}, and the official download cannot be reached`);
      await buildFromModule(version, `${partial}-build`, report);
      await rename(`${partial}-build`, root);
      report(`Pulumi CLI ${version}: built`);
    }
  } finally {
    await rm(`${partial}-download`, { recursive: true, force: true });
    await rm(`${partial}-build`, { recursive: true, force: true });
  }
  return binary;
}
