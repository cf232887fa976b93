/** What the engine hands to a program: every value a text, structures as JSON. */
export interface StackConfiguration {
  /** Values by key, without the project's name before it. */
  readonly values: Readonly<Record<string, string>>;
  /** The keys that the stack keeps encrypted, in whole or in part. */
  readonly secretKeys: ReadonlySet<string>;
  /** The release that the stack's last complete deployment left running. @default none */
  readonly deployedRelease?: string | undefined;
}
