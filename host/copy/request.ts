import type { Connection } from "../ssh/connection";

/** What the program for copies reads from standard input, as JSON. It holds a private key. */
export interface CopyRequest {
  /** The node's name, with which each line of output begins. */
  readonly node: string;
  readonly connection: Connection;
  /** Path of the file on this machine; a relative one is below the working directory. */
  readonly source: string;
  /** Absolute path of the file on the node; its folder must be there. */
  readonly target: string;
  /** SHA-256 that the file must have, hex in lower case. */
  readonly sha256: string;
}

/** Where a copy grows until its sum is right. */
export function partialPath({ target, sha256 }: CopyRequest): string {
  return `${target}.partial-${sha256.slice(0, 12)}`;
}
