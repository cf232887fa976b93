import type { OtherStack } from "./stack-files";

/** What the engine hands to a program: every value a text, structures as JSON. */
export interface StackConfiguration {
  /** Values by key, without the project's name before it. */
  readonly values: Readonly<Record<string, string>>;
  /** The keys that the stack keeps encrypted, in whole or in part. */
  readonly secretKeys: ReadonlySet<string>;
  /** The release that the stack's last complete deployment left running. @default none */
  readonly deployedRelease?: string | undefined;
  /** The stack's own name. @default not known */
  readonly stack?: string;
  /** The project's name. @default not known */
  readonly project?: string;
  /** The project's other stacks, with which it may not share everything. @default none are looked at */
  readonly others?: readonly OtherStack[];
}

/** One of these values: structures arrive as JSON; any other text is left for the schema to judge. */
export function decoded(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
