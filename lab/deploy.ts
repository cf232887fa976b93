import type { Lab } from "./lab";
import { ensureStandIn } from "./release/build";
import type { Report } from "./report";
import { readInstaller } from "../release/installer";
import { labSettings } from "./stack-settings";
import { type LabStack, labStack } from "./stack";
import { CACHE_DIR } from "./topology";

/** The release that the lab deploys: a real installer where one is named, else the stand-in. */
async function labRelease(report: Report): Promise<{ installer: string; version: string }> {
  const named = process.env["HARBOR_INSTALLER"];
  if (named === undefined) {
    const { file, version } = await ensureStandIn({ cacheDir: CACHE_DIR, report });
    return { installer: file, version };
  }
  const { version } = await readInstaller(named, { cacheDir: CACHE_DIR });
  report(`release: ${version} from ${named}`);
  return { installer: named, version };
}

/** The lab's stack with its settings, and changes to them for this run. */
export async function prepareStack(
  lab: Lab,
  changes: Readonly<Record<string, string>>,
  report: Report,
): Promise<LabStack> {
  return labStack(await labSettings(lab, await labRelease(report), changes), report);
}

function print(text: string): void {
  process.stdout.write(text);
}

/** What an update did: resources by what happened to them. */
export type Changes = Readonly<Record<string, number>>;

/** Deploys with the real engine; what happens is printed while it happens. */
export async function deploy(
  { stack }: LabStack,
  onOutput: (text: string) => void = print,
): Promise<Changes> {
  const { summary } = await stack.up({ onOutput, color: "never", suppressProgress: true });
  return summary.resourceChanges ?? {};
}

/** Prints what a deployment would change, with the line diffs of rendered files. */
export async function preview({ stack }: LabStack): Promise<void> {
  await stack.preview({ diff: true, onOutput: print, color: "never", suppressProgress: true });
}

/** Takes the deployment back; images, database and mount data stay. */
export async function destroy({ stack }: LabStack): Promise<void> {
  await stack.destroy({ onOutput: print, color: "never", suppressProgress: true });
}
