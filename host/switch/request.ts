import type { StepRequest } from "../ssh/step";

/** What the program for a switch reads from standard input, as JSON. Holds secrets. */
export interface SwitchRequest {
  /** The nodes with the step `switch` of each. */
  readonly nodes: readonly Omit<StepRequest, "stdin">[];
  /** What every node's step reads before the word to go. */
  readonly stdin: string;
  /** What was staged last on each node: another request, so that the engine runs the program again. */
  readonly stamps: readonly string[];
}
