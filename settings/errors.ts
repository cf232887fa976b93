/** One thing that is wrong with a stack's settings. */
export interface Problem {
  /** Where it stands in the stack file, for example `nodes[1].address`. */
  readonly setting: string;
  /** Another stack's file, where the problem is that file; no setting then. @default a setting's */
  readonly file?: string;
  /** What was found and what is allowed. */
  readonly message: string;
}

/**
 * Every problem of a stack's settings at once.
 *
 * It is meant for the person who wrote the stack file: its message is the whole report, and a stack
 * trace adds nothing to it. A value never appears in it where the setting is a secret.
 */
export class SettingsError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map(
      ({ file, setting, message }) => `  ${file ?? `harbor-ha:${setting}`}\n    ${message}`,
    );
    super(
      `${count} in the settings of this stack; no host was contacted.\n\n${lines.join("\n")}\n\n` +
        "Correct them in the stack's file (Pulumi.<stack>.yaml) or with `pulumi config set --path`.",
    );
    this.name = "SettingsError";
  }
}
