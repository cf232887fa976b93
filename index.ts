import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { earlierRelease } from "./components/earlier-release";
import { HarborCluster } from "./components/harbor-cluster";
import { ReleaseError } from "./release/installer";
import { readSources } from "./release/sources";
import { SettingsError, expiryWarnings, settingsOfStack } from "./settings";

/** Where the CLI found Pulumi.yaml; an inline program has no such place, and the project's own counts. */
function rootDirectory(): string {
  const given = pulumi.getRootDirectory();
  return path.isAbsolute(given) ? given : __dirname;
}

async function deploy(folder = rootDirectory()) {
  const { release, images, ...settings } = settingsOfStack(folder, await earlierRelease());
  const sources = await readSources(
    { release, images },
    {
      projectDir: __dirname,
      cacheDir: path.join(__dirname, ".cache"),
      report: (line) => void pulumi.log.info(line),
    },
  );
  const { version } = sources.installer;
  if (version !== release.version.replace(/^v/, "")) {
    const message = `is ${release.version}, but release.installer is the installer of ${version}`;
    throw new SettingsError([{ setting: "release.version", message }]);
  }
  for (const warning of expiryWarnings(settings, new Date())) void pulumi.log.warn(warning);

  const cluster = new HarborCluster("harbor", { ...settings, ...sources });
  return {
    url: cluster.url,
    release: cluster.release,
    nodes: cluster.nodes,
    dnsRecords: cluster.dnsRecords,
    adminPassword: cluster.adminPassword,
    keypairFingerprint: cluster.keypairFingerprint,
    clientInstructions: cluster.clientInstructions,
    verification: cluster.verification,
    ...(cluster.certificateExpiry && { certificateExpiry: cluster.certificateExpiry }),
    ...(cluster.caCertificate && { caCertificate: cluster.caCertificate }),
  };
}

/**
 * An error that is meant for the person who wrote the stack file: without a stack trace, which the
 * SDK formats even where it is not shown, and some versions of Node take half a minute for that.
 */
function forThePerson(error: SettingsError | ReleaseError): pulumi.RunError {
  const text = error instanceof ReleaseError ? error.report : error.message;
  return Object.assign(new pulumi.RunError(text), { stack: undefined });
}

/** @param folder where Pulumi.yaml and the stacks' files are @default what the CLI says */
export = (folder?: string) =>
  deploy(folder).catch((error: unknown) => {
    if (error instanceof SettingsError || error instanceof ReleaseError) throw forThePerson(error);
    throw error;
  });
