import { CommandError } from "@pulumi/pulumi/automation";
import type { Changes } from "./changes";
import type { Lab } from "./lab";
import { ensureStandIn } from "./release/build";
import type { Report } from "./report";
import { readInstaller } from "../release/installer";
import { labSettings, STACK } from "./stack-settings";
import { type LabStack, labStack, openStack } from "./stack";
import { CACHE_DIR } from "./topology";
import type { Variant } from "./variant";

/** The installer of the release that the lab deploys, and the version that is in it. */
async function labRelease(
  release: Variant["release"],
  report: Report,
): Promise<{ installer: string; version: string }> {
  if ("standIn" in release) {
    const options = { cacheDir: CACHE_DIR, report, version: release.standIn };
    const { file, version } = await ensureStandIn(options);
    return { installer: file, version };
  }
  const { installer } = release;
  const { version } = await readInstaller(installer, { cacheDir: CACHE_DIR });
  report(`release: ${version} from ${installer}`);
  return { installer, version };
}

/** The lab's stack with its settings, and changes to them for this run. */
export async function prepareStack(
  lab: Lab,
  { release, https, airGapped }: Variant,
  changes: Changes,
  report: Report,
): Promise<LabStack> {
  const deployed = { ...(await labRelease(release, report)), https, airGapped };
  return labStack(await labSettings(lab, deployed, changes), report);
}

function print(text: string): void {
  process.stdout.write(text);
}

/** How the engine is run: what it says is printed while it happens. */
const OPTIONS = {
  color: "never",
  suppressProgress: true,
  onOutput: print,
  onError: (text: string) => void process.stderr.write(text),
} as const;

/** The engine has said what went wrong; its command line and its output once more help nobody. */
async function saidOnce<T>(what: string, step: Promise<T>): Promise<T> {
  return step.catch((error: unknown) => {
    throw error instanceof CommandError ? new Error(`the ${what} failed; see above`) : error;
  });
}

/** Deploys with the real engine. */
export async function deploy({ stack }: LabStack, quiet = false): Promise<void> {
  const options = quiet ? { ...OPTIONS, onOutput: () => undefined } : OPTIONS;
  await saidOnce("deployment", stack.up(options));
}

/**
 * Prints what a deployment would change, with the line diffs of rendered files.
 * @param json whether as the one document of `pulumi preview --json`
 */
export async function preview({ stack, environment }: LabStack, json = false): Promise<void> {
  const previewed = json
    ? openStack(STACK, environment, { jsonPreviews: true }).then((opened) =>
        opened.preview(OPTIONS),
      )
    : stack.preview({ ...OPTIONS, diff: true });
  await saidOnce("preview", previewed);
}

/** Takes the deployment back; images, database and mount data stay, and what that means is said. */
export async function destroy({ stack }: LabStack): Promise<void> {
  await saidOnce("deletion", stack.destroy(OPTIONS));
  print(
    "Images, database and secret key stay, and a new deployment has other secrets:\n" +
      "run `npm run lab -- down --volumes` before it.\n",
  );
}
