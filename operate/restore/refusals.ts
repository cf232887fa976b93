import { schemaVersion } from "../../harbor/versions";
import type { Backup } from "./archive-reader";
import type { Paths } from "./given-settings";

/** What a stack takes over from a backup: a setting, its value there, and whether it is a secret. */
export interface Adopted {
  readonly setting: string;
  readonly value: string;
  readonly secret: boolean;
}

/** In the order in which they are set. */
export function adoptedSettings(backup: Backup): Adopted[] {
  return [
    { setting: "secretkey", value: backup.secretkey, secret: true },
    { setting: "tokenKeypair.privateKey", value: backup.privateKey, secret: true },
    { setting: "tokenKeypair.certificate", value: backup.certificate, secret: false },
  ];
}

/** A text in PEM may have been set with or without its last line end. */
export function isSame(one: string | undefined, other: string): boolean {
  return one?.trimEnd() === other.trimEnd();
}

/** Why a backup cannot be restored into a stack: all reasons at once, each with what to do. */
export function refusals(
  backup: Backup,
  stack: { readonly deployed: boolean; readonly release: string; readonly settings: Paths },
): string[] {
  const { settings, release } = stack;
  const problems: string[] = [];
  if (stack.deployed) {
    problems.push(
      "the stack is deployed; restore into a new one (pulumi stack init), whose database is empty",
    );
  }
  for (const { setting, value } of adoptedSettings(backup)) {
    const own = settings.get(setting);
    if (own !== undefined && !isSame(own, value)) {
      problems.push(
        `the stack's ${setting} is another than the backup's; take it out (pulumi config rm --path 'harbor-ha:${setting}')`,
      );
    }
  }
  if (settings.has("tokenKeypair.rotation")) {
    problems.push(
      "tokenKeypair.rotation asks for a keypair that is made here, and the backup brings its own; take it out (pulumi config rm --path 'harbor-ha:tokenKeypair.rotation')",
    );
  }
  const [made, own] = [schemaVersion(backup.manifest.release), schemaVersion(release)];
  if (made !== own) {
    problems.push(
      `the backup is of Harbor ${backup.manifest.release}, whose database has the schema ${made}; that of ${release} is ${own}: set release.version and release.installer to the backup's, and move to ${release} afterwards`,
    );
  }
  return problems;
}
