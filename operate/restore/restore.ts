import type { Stack } from "@pulumi/pulumi/automation";
import { readSettings } from "../../settings";
import { readBackup } from "./archive-reader";
import { firstNode } from "./first-node";
import { differences, pathsOf } from "./given-settings";
import { adoptedSettings, isSame, refusals } from "./refusals";
import { sendBackup } from "./send";
import { setSetting } from "./stack-file";

export interface RestoreOptions {
  /** The backup's file. */
  readonly archive: string;
  readonly passphrase: string;
  /** Takes each line of progress. */
  readonly report: (line: string) => void;
}

/** What the stack's file says, as the program that deploys it reads it. */
async function settingsOf(stack: Stack) {
  const { name: project } = await stack.workspace.projectSettings();
  const config = await stack.getAllConfig();
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, entry]) => [key.slice(project.length + 1), entry] as const);
  const settings = readSettings({
    values: Object.fromEntries(own.map(([key, { value }]) => [key, value])),
    secretKeys: new Set(own.filter(([, { secret }]) => secret).map(([key]) => key)),
  });
  return { project, settings, given: pathsOf(config, project) };
}

/**
 * Prepares a stack that is not deployed yet to come up with a backup's database and keys: its file gets
 * the keys, and its first node the dump, which the next deployment loads. Safe to run again.
 * @throws SettingsError, or Error that says what to do; nothing was changed where the backup is refused.
 */
export async function restoreStack(stack: Stack, options: RestoreOptions): Promise<void> {
  const { archive: file, passphrase, report } = options;
  const backup = await readBackup(file, passphrase);
  const { made, url, release } = backup.manifest;
  report(`the backup is whole: ${url}, Harbor ${release}, made at ${made}`);

  const { project, settings, given } = await settingsOf(stack);
  const problems = refusals(backup, {
    deployed: Object.keys(await stack.outputs()).length > 0,
    release: settings.release.version,
    settings: given,
  });
  if (problems.length > 0) {
    throw new Error(`${file} is not restored, and nothing was changed: ${problems.join("; ")}`);
  }
  const adopted = adoptedSettings(backup);
  const differing = differences(pathsOf(backup.settings, project), given).filter(
    (path) => !path.startsWith("tokenKeypair.") && path !== "secretkey",
  );
  report(
    differing.length === 0
      ? "the stack's settings are the backup's"
      : `settings that are not the backup's: ${differing.join(", ")}`,
  );

  for (const { setting, value, secret } of adopted) {
    if (isSame(given.get(setting), value)) continue;
    await setSetting(stack, setting, value, secret);
    report(`${setting} is set in the stack's file, as the backup has it`);
  }
  await sendBackup(firstNode(settings), { file, passphrase, backup }, report);
  report("now deploy: pulumi up");
}
