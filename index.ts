import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { HarborCluster } from "./components/harbor-cluster";
import { ReleaseError, readInstaller } from "./release/installer";
import { SettingsError, settingsOfStack } from "./settings";

async function deploy() {
  const { release, ...settings } = settingsOfStack();
  const installerFile = path.resolve(__dirname, release.installer);
  const installer = await readInstaller(installerFile, {
    cacheDir: path.join(__dirname, ".cache"),
    sha256: release.sha256,
  });
  if (installer.version !== release.version.replace(/^v/, "")) {
    throw new SettingsError([
      {
        setting: "release.version",
        message: `is ${release.version}, but ${release.installer} is the installer of ${installer.version}`,
      },
    ]);
  }
  const cluster = new HarborCluster("harbor", { ...settings, installer, installerFile });
  return {
    url: cluster.url,
    nodes: cluster.nodes,
    dnsRecords: cluster.dnsRecords,
    adminPassword: cluster.adminPassword,
    keypairFingerprint: cluster.keypairFingerprint,
  };
}

// An error that is meant for the person who wrote the stack file needs no stack trace.
export = () =>
  deploy().catch((error: unknown) => {
    const forThePerson = error instanceof SettingsError || error instanceof ReleaseError;
    throw forThePerson ? new pulumi.RunError(error.message) : error;
  });
