/** Milliseconds between two signs of life. */
const INTERVAL = 10_000;

/**
 * Does work that may take long, and says every ten seconds that it is still under way.
 * @param what What is under way, as the beginning of a line; asked each time where it is a function.
 * @param report Takes the lines.
 * @throws What the work throws.
 */
export async function withSignsOfLife<T>(
  what: string | (() => string),
  report: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - start) / 1000);
    report(`${typeof what === "string" ? what : what()} (${seconds} s so far)`);
  }, INTERVAL);
  return work().finally(() => clearInterval(timer));
}
