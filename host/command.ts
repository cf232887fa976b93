import { shellQuote } from "./ssh/shell-quote";
import { type Step, partsOf, scriptSum, shippedPart } from "./script";

/** A file that lands on a host, or is shown in a preview. */
export interface HostFile {
  /** Absolute, or relative to the folder that the step writes to. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** Named values that a step reads from its environment; anyone who may see a preview may see them. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/*
 * Linux takes 128 KiB for one argument, and sshd hands the command to the user's shell as one
 * argument. Everything large or secret therefore goes over standard input.
 */
const LONGEST_COMMAND = 120 * 1024;

/*
 * A failed command's error repeats the whole command, so the script itself comes over standard
 * input, in parts that a resource's steps share, and what a person reads first is the step, the node
 * and the reason. Without --norc, bash reads the user's .bashrc when its standard input comes from a
 * network connection.
 */
const BOOTSTRAP = [
  "declare -A part;",
  'while read -r kind name size && [ "$kind" = part ]; do',
  'part[$name]=$(head -c "$size"; echo .); read -r _; done;',
  '[ "$kind" = end ] || { echo "$NODE: standard input was cut off; run again" >&2; exit 1; };',
  'for name in $PARTS; do script+=${part[$name]%.}; done; eval "$script"',
].join(" ");

/* Who runs the step, for whoever has to wait for it: sudo lets only the environment through that it sets. */
const RUN_FROM = 'RUN_FROM="${SSH_CONNECTION%% *} as $(id -un)"';

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** A header, its size in bytes, and a text as it is. */
function item(header: string, text: string): string {
  return `${header} ${Buffer.byteLength(text)}\n${text}\n`;
}

export interface CommandText {
  readonly step: Step;
  /** The node's name, for the first line and for the lines that the script prints. */
  readonly node: string;
  /** Whether the login user has to become root by sudo. */
  readonly sudo: boolean;
  readonly parameters: Parameters;
  /**
   * Files as they may be seen, secrets replaced by their names. They are not run or written: the
   * real ones go over standard input. They stand here so that a preview shows their line diffs.
   */
  readonly shown?: readonly HostFile[];
}

/**
 * What `remote.Command` runs: a few readable lines, the same for the same arguments.
 *
 * @throws Error when it would not fit into one argument of the host's shell.
 */
export function commandText({ step, node, sudo, parameters, shown = [] }: CommandText): string {
  const environment = { NODE: node, STEP: step, PARTS: partsOf(step).join(" "), ...parameters };
  const lines = [
    `# harbor-ha: ${step} on ${node} (script ${scriptSum(step)})`,
    `exec ${sudo ? "sudo -n " : ""}env \\`,
    ...Object.entries(environment)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `  ${name}=${shellQuote(String(value))} \\`),
    `  ${RUN_FROM} \\`,
    `  bash --norc -c ${shellQuote(BOOTSTRAP)}`,
  ];
  if (shown.length > 0) {
    lines.push(": <<'RENDERED_FILES'");
    for (const file of shown) {
      lines.push(`=== ${file.path} (${octal(file.mode)})`, file.content.replace(/\n$/, ""));
    }
    lines.push("RENDERED_FILES");
  }
  const text = `${lines.join("\n")}\n`;
  if (Buffer.byteLength(text) > LONGEST_COMMAND) {
    throw new Error(
      `the rendered files are too large to be shown in a command (${Buffer.byteLength(text)} bytes, at most ${LONGEST_COMMAND}); take values out of harborConfig`,
    );
  }
  return text;
}

/** What a command's text says of a parameter whose value has no quote in it; undefined for none. */
export function parameterIn(text: string, name: string): string | undefined {
  return new RegExp(`^  ${name}='([^'\\n]*)' \\\\$`, "m").exec(text)?.[1];
}

export interface StandardInput {
  /** The steps that read this input: a resource's create and its delete. */
  readonly steps: readonly Step[];
  /** Values by the names under which the scripts know them. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Files that the script writes. */
  readonly files?: readonly HostFile[];
  /** Whether more follows, which the step reads by itself. @default the input ends */
  readonly goesOn?: boolean;
}

/**
 * What a step reads: the parts of its script, its secrets and its files. Each is a header with its
 * size and its text as it is: every byte here is held several times in each preview and in the state.
 */
export function standardInput(input: StandardInput): string {
  const { steps, secrets = {}, files = [], goesOn = false } = input;
  const parts = [...new Set(steps.flatMap(partsOf))];
  return [
    ...parts.map((name) => item(`part ${name}`, shippedPart(name))),
    "end of parts\n",
    ...Object.entries(secrets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => item(`secret ${name}`, value)),
    ...files.map((file) => item(`file ${octal(file.mode)} ${file.path}`, file.content)),
    goesOn ? "end of input\n" : "",
  ].join("");
}
