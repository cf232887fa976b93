type Level = "DEBUG" | "INFO" | "WARNING" | "ERROR";

function write(level: Level, message: string): void {
  process.stdout.write(`${new Date().toISOString()} [${level}] ${message}\n`);
}

/** Lines on the container's standard output, which the log service collects. */
export const log = {
  debug: (message: string): void => {
    if (process.env.LOG_LEVEL === "debug") write("DEBUG", message);
  },
  info: (message: string): void => write("INFO", message),
  warning: (message: string): void => write("WARNING", message),
  error: (message: string): void => write("ERROR", message),
};

/** An error's code and message, without a stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, errno } = error as NodeJS.ErrnoException & { errno?: number };
  const number = typeof errno === "number" && errno > 0 ? `Error ${errno}: ` : "";
  return `${number}${error.message || error.name}${code ? ` (${code})` : ""}`;
}
