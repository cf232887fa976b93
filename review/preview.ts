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
  /** The types of the components that it is a part of, the outermost first. */
  readonly within: readonly string[];
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
type RawDiagnostic = Partial<Diagnostic> & { readonly ephemeral?: boolean };

/** What `pulumi preview --json` prints. */
export interface Digest {
  readonly config?: Readonly<Record<string, unknown>> | null | undefined;
  readonly steps?: readonly RawStep[] | null;
  readonly diagnostics?: readonly RawDiagnostic[] | null;
  readonly changeSummary?: object;
}

/** A line of the engine's event log. */
export interface EngineEvent {
  readonly preludeEvent?: { readonly config?: Readonly<Record<string, unknown>> };
  readonly resourcePreEvent?: { readonly metadata: RawStep };
  readonly diagnosticEvent?: RawDiagnostic;
  readonly errorEvent?: { readonly error: string };
  readonly summaryEvent?: object;
}

const ROOT = "pulumi:pulumi:Stack";

function stateOf(raw: RawState | undefined): State | undefined {
  return raw && { inputs: raw.inputs ?? {}, outputs: raw.outputs ?? {} };
}

/** @throws Error for what is no step */
function stepOf(raw: Partial<RawStep> | null, i: number): Step {
  if (typeof raw?.urn !== "string" || typeof raw.op !== "string")
    throw new Error(`step ${i + 1} in it does not say of which resource it is (urn, op)`);
  const [, , path = "", ...name] = raw.urn.split("::");
  const types = path.split("$");
  return {
    op: raw.op,
    type: types.at(-1)!,
    name: name.join("::"),
    within: types.slice(0, -1),
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
function plain(message = ""): string {
  return message.replace(/<\{%.*?%\}>/g, "").trim();
}

/** The engine tells of plugins that it takes from PATH, and of an error more than once. */
function diagnosticsOf(raw: readonly RawDiagnostic[]): Diagnostic[] {
  const said = raw
    .filter(({ severity = "", ephemeral }) => !ephemeral && /^(warning|error)$/.test(severity))
    .map(({ severity, message }) => ({
      severity: severity!,
      message: plain(message).replace(/^(warning|error): /, ""),
    }))
    .filter(({ message }) => message !== "" && !/^using pulumi-\S+ from \$PATH at /.test(message));
  return said.filter(
    ({ message }, i) => said.findIndex((other) => other.message === message) === i,
  );
}

/** @throws Error where a step in it is none */
export function previewOf(digest: Digest): Preview {
  // Lists that are empty may be null.
  const steps = digest.steps ?? [];
  const diagnostics = (digest.diagnostics ?? []).filter((diagnostic) => diagnostic !== null);
  const all = steps.map(stepOf);
  const project = steps[0]?.urn.split("::")[1];
  const settings = Object.entries(digest.config ?? {}).flatMap(([key, value]) => {
    const [namespace, name] = key.split(":");
    const own = name !== undefined && (project === undefined || namespace === project);
    return own && typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    steps: all.filter(({ op, type }) => op !== "same" && type !== ROOT),
    outputs: all.find(({ type }) => type === ROOT)?.before?.outputs ?? {},
    settings: Object.fromEntries(settings),
    diagnostics: diagnosticsOf(diagnostics),
    complete:
      digest.changeSummary !== undefined && diagnostics.every((d) => d.severity !== "error"),
  };
}
