/** A resource before or after a step, as far as a preview says. */
export interface State {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What the engine would do with one resource. */
export interface Step {
  /** The engine's word: `create`, `update`, `delete`, `replace` … */
  readonly op: string;
  readonly type: string;
  readonly name: string;
  readonly before?: State | undefined;
  readonly after?: State | undefined;
  /** Names of the inputs that differ; also of those whose values nobody may see. */
  readonly changed: readonly string[];
}

export interface Diagnostic {
  readonly severity: string;
  readonly message: string;
}

/** A preview of one stack. */
export interface Preview {
  /** What it would do, in the engine's order; what stays as it is does not count. */
  readonly steps: readonly Step[];
  /** What the stack's last deployment left as its outputs. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The stack's settings by name, without the project's; structures as JSON. */
  readonly settings: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
  /** Whether it came to its end. */
  readonly complete: boolean;
}

/** A step in either form. */
interface RawStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: RawState;
  readonly newState?: RawState;
  readonly old?: RawState;
  readonly new?: RawState;
  readonly diffReasons?: readonly string[];
  readonly diffs?: readonly string[];
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}
type RawState = Partial<State>;
type RawDiagnostic = Diagnostic & { readonly ephemeral?: boolean };

/** What `pulumi preview --json` prints. */
interface Digest {
  readonly config?: Readonly<Record<string, string>>;
  readonly steps?: readonly RawStep[];
  readonly diagnostics?: readonly RawDiagnostic[];
  readonly changeSummary?: object;
}

/** A line of the engine's event log. */
interface EngineEvent {
  readonly preludeEvent?: { readonly config: Readonly<Record<string, string>> };
  readonly resourcePreEvent?: { readonly metadata: RawStep };
  readonly diagnosticEvent?: RawDiagnostic;
  readonly summaryEvent?: object;
}

const ROOT = "pulumi:pulumi:Stack";

function stateOf(raw: RawState | undefined): State | undefined {
  return raw && { inputs: raw.inputs ?? {}, outputs: raw.outputs ?? {} };
}

function stepOf(raw: RawStep): Step {
  const [, , types = "", ...name] = raw.urn.split("::");
  return {
    op: raw.op,
    type: types.split("$").at(-1)!,
    name: name.join("::"),
    before: stateOf(raw.oldState ?? raw.old),
    after: stateOf(raw.newState ?? raw.new),
    // A path such as connection.host is of the input that it begins with.
    changed: [
      ...new Set(
        [...(raw.diffReasons ?? raw.diffs ?? []), ...Object.keys(raw.detailedDiff ?? {})].map(
          (path) => path.split(/[.[]/)[0]!,
        ),
      ),
    ].sort(),
  };
}

/** In events a text has marks for its colours. */
function plain(message: string): string {
  return message.replace(/<\{%.*?%\}>/g, "").trim();
}

/** The engine tells of plugins that it takes from PATH, and of an error more than once. */
function diagnosticsOf(raw: readonly RawDiagnostic[]): Diagnostic[] {
  const said = raw
    .filter(({ severity, ephemeral }) => !ephemeral && /^(warning|error)$/.test(severity))
    .map(({ severity, message }) => ({
      severity,
      message: plain(message).replace(/^(warning|error): /, ""),
    }))
    .filter(({ message }) => message !== "" && !/^using pulumi-\S+ from \$PATH at /.test(message));
  return said.filter(
    ({ message }, i) => said.findIndex((other) => other.message === message) === i,
  );
}

function previewOf({ config = {}, steps = [], diagnostics = [], changeSummary }: Digest): Preview {
  const all = steps.map(stepOf);
  const project = steps[0]?.urn.split("::")[1];
  const settings = Object.entries(config).flatMap(([key, value]): [string, string][] => {
    const [namespace, name] = key.split(":");
    return name !== undefined && (project === undefined || namespace === project)
      ? [[name, value]]
      : [];
  });
  return {
    steps: all.filter(({ op, type }) => op !== "same" && type !== ROOT),
    outputs: all.find(({ type }) => type === ROOT)?.before?.outputs ?? {},
    settings: Object.fromEntries(settings),
    diagnostics: diagnosticsOf(diagnostics),
    complete: changeSummary !== undefined && diagnostics.every((d) => d.severity !== "error"),
  };
}

function digestOf(events: readonly EngineEvent[]): Digest {
  const summary = events.find((event) => event.summaryEvent)?.summaryEvent;
  return {
    config: events.find((event) => event.preludeEvent)?.preludeEvent?.config ?? {},
    steps: events.flatMap((event) => event.resourcePreEvent?.metadata ?? []),
    diagnostics: events.flatMap((event) => event.diagnosticEvent ?? []),
    ...(summary && { changeSummary: summary }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads what `pulumi preview --json` prints, or the engine's events, as an array or one in a line.
 *
 * Values that are secret are not in either: the engine writes a mark in their place.
 *
 * @returns undefined for a text that is neither: the preview has not come so far as to say anything
 */
export function readPreview(text: string): Preview | undefined {
  const whole = parsed(text);
  if (Array.isArray(whole)) return previewOf(digestOf(whole as EngineEvent[]));
  if (typeof whole === "object" && whole !== null && !("sequence" in whole)) {
    return previewOf(whole);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const events = lines.map(parsed).filter((line) => typeof line === "object" && line !== null);
  if (events.length === 0 || events.length < lines.length) return undefined;
  return previewOf(digestOf(events));
}
