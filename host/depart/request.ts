import type { StepRequest } from "../ssh/step";

/** How the nodes that stay take one out that does not answer. */
export interface Expulsion {
  /**
   * The step `expel` on each of them, which share its input. What it prints says what became of the
   * record, as the end of a sentence.
   */
  readonly others: readonly Omit<StepRequest, "stdin">[];
  readonly stdin: string;
  /** What is left to a person when none of them answers, as a sentence. */
  readonly byHand: string;
}

/**
 * What the program for departures reads from standard input, as JSON. It holds a private key. The state
 * keeps it from one run to the next, so that an earlier version of this project may have written it.
 */
export interface DepartureRequest {
  /** The host's name, with which each line of output begins. */
  readonly node: string;
  /** What takes the host's steps back, in this order. */
  readonly undo: readonly StepRequest[];
  /** @default nobody has to know that the host is gone */
  readonly expulsion?: Expulsion;
  /** What a host that comes back is, and what to do about it, as a sentence. */
  readonly comeback: string;
  /** Seconds after which hosts that do not answer at all are given up. */
  readonly patience: number;
}
