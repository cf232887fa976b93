/**
 * A problem with the release or with a setting it is rendered from, meant for the user to read: it
 * names the setting to change and never carries a setting's value, which may be a secret.
 */
export class ReleaseError extends Error {
  override readonly name = "ReleaseError";

  /** The message, and below it what to do next. */
  get report(): string {
    return (
      `${this.message}\n\nNo host was contacted. Correct what is named in the stack's file ` +
      "(Pulumi.<stack>.yaml), then run again; `installer` is the archive of release.installer."
    );
  }

  /** One error for several problems, so that a user mends them all at once. */
  static of(problems: readonly string[]): ReleaseError {
    return new ReleaseError(problems.length === 1 ? problems[0]! : problems.join("\n"));
  }
}
