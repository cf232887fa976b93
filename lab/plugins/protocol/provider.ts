import type { Properties } from "./values";

/** What a plugin may tell the engine about a resource while it works on it. */
export interface ResourceLog {
  /** A line for the resource's row in the display: shown while it lasts, not kept. */
  status(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface Created {
  id: string;
  outputs: Properties;
}

/**
 * One type of resource. Every method but `check` gets values without secret marks; which outputs are
 * secret follows from the inputs' marks and from `secretOutputs`.
 *
 * Inputs are outputs too: a method returns only what it computed. An error it throws fails the
 * operation, and nothing of it is recorded.
 */
export interface ResourceType {
  /** Inputs whose change replaces the resource; "all" where it cannot be updated. */
  replaceOn: ReadonlySet<string> | "all";
  /** Outputs that are not inputs, hence unknown until a creation is done. */
  computed: readonly string[];
  /** Outputs to mark as secret whatever the inputs were. */
  secretOutputs: readonly string[];
  /** Inputs with defaults filled in. The values still carry their secret marks and may be unknown. */
  defaults?(inputs: Properties): Properties;
  /** Reasons why inputs cannot be accepted. Values may be unknown. */
  check?(inputs: Properties): CheckFailure[];
  /** A reason, from the recorded state and the new inputs, to replace: the property to blame. */
  outdated?(state: Properties, inputs: Properties): string | undefined;
  create(inputs: Properties, log: ResourceLog, name: string): Promise<Created>;
  /** Without it nothing needs doing: outputs are kept. */
  update?(state: Properties, inputs: Properties, log: ResourceLog): Promise<Properties>;
  /** Without it nothing needs doing. */
  delete?(state: Properties, log: ResourceLog): Promise<void>;
}

export interface Plugin {
  name: string;
  /** By the type's token, such as `random:index/randomId:RandomId`. */
  types: Record<string, ResourceType>;
}
