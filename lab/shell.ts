import { spawn } from "node:child_process";

export interface RunOptions {
  /** Written to the command's standard input; never shown, so secrets belong here. */
  readonly input?: string | Buffer;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** False copies the command's output to our standard error while it runs. Default: true. */
  readonly quiet?: boolean;
  /** Seconds after which the command is killed and counts as failed. Default: none. */
  readonly timeout?: number;
  /** Called with each line of output while the command runs. */
  readonly onLine?: (line: string) => void;
  /** True returns a non-zero exit code in the result instead of throwing. Default: false. */
  readonly mayFail?: boolean;
}

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; -1 after a signal. */
  readonly code: number;
}

/** A command that could not be started, failed, or took too long. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly reason: string,
    readonly output: Output,
  ) {
    const last = lastLines(output.stderr.trim() === "" ? output.stdout : output.stderr);
    super(`${command}: ${reason}${last === "" ? "" : `\n${last}`}`);
    this.name = "CommandError";
  }
}

function lastLines(text: string): string {
  const lines = text.trimEnd().split("\n").slice(-12);
  return lines
    .map((line) => `  ${line}`)
    .join("\n")
    .trimEnd();
}

function describe(cmd: string, args: readonly string[]): string {
  const text = [cmd, ...args].join(" ").replaceAll(/\s+/g, " ");
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** A function that is fed chunks and calls `onLine` with each whole line. */
function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  };
}

/**
 * Runs a command without a shell and waits for it.
 * @throws CommandError when it cannot be started, exits non-zero (unless `mayFail`) or times out.
 */
export function run(
  cmd: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const captured = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      const stream = child[name];
      if (!stream) continue;
      const onLine = options.onLine && lineSplitter(options.onLine);
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        captured[name] += chunk;
        if (options.quiet === false) process.stderr.write(chunk);
        onLine?.(chunk);
      });
    }

    let timedOut = false;
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill("SIGKILL");
          }, options.timeout * 1000);
    const fail = (reason: string, code: number): void => {
      clearTimeout(timer);
      reject(new CommandError(describe(cmd, args), reason, { ...captured, code }));
    };

    child.on("error", (error: NodeJS.ErrnoException) => {
      fail(error.code === "ENOENT" ? "no such command" : error.message, -1);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (timedOut) fail(`took longer than ${String(options.timeout)} s`, -1);
      else if (code === 0 || options.mayFail) resolve({ ...captured, code: code ?? -1 });
      else fail(signal ? `ended by ${signal}` : `exit code ${String(code)}`, code ?? -1);
    });
    if (options.input !== undefined && child.stdin) {
      // A command may end before it has read everything: its exit code says so, not EPIPE.
      child.stdin.on("error", () => undefined);
      child.stdin.end(options.input);
    }
  });
}

/** Whether a command of that name is on PATH. */
export async function hasCommand(name: string): Promise<boolean> {
  const found = await run("sh", ["-c", 'command -v "$0"', name], { mayFail: true });
  return found.code === 0;
}

export const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/**
 * Calls `probe` until it returns something other than undefined or false.
 * @throws Error naming `what` after `timeout` seconds.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  { timeout = 120, interval = 0.3 }: { timeout?: number; interval?: number } = {},
): Promise<T> {
  const deadline = Date.now() + timeout * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not there after ${String(timeout)} s`);
    await sleep(interval);
  }
}
