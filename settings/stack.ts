import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import { readSettings } from "./read";
import type { Settings } from "./schema";
import { otherStacks } from "./stack-files";

/*
 * `pulumi.Config` warns about a secret that is read as a plain value, and has no way to ask whether
 * a value is one. Both are known to the module below it, whose types leave the question out.
 */
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret: (key: string) => boolean };

/**
 * The settings of the stack that runs, checked with what the project's other stacks have.
 *
 * @param folder where Pulumi.yaml is, and the stacks' files
 * @param deployedRelease the release that its last complete deployment left running
 * @throws SettingsError with every problem at once.
 */
export function settingsOfStack(folder: string, deployedRelease?: string): Settings {
  const [project, stack] = [pulumi.getProject(), pulumi.getStack()];
  const prefix = `${project}:`;
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) =>
    key.startsWith(prefix),
  );
  return readSettings({
    values: Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value])),
    secretKeys: new Set(
      entries.filter(([key]) => isConfigSecret(key)).map(([key]) => key.slice(prefix.length)),
    ),
    deployedRelease,
    project,
    stack,
    others: otherStacks(folder, project, stack),
  });
}
