/** Milliseconds between two signs of life. */
const INTERVAL = 10_000;

/**
 * Does work that may take long, and says every ten seconds that it is still under way.
 * @param what what is under way, as the beginning of a line
 * @param report Takes the lines.
 */
export async function withSignsOfLife<T>(
  what: () => string,
  report: (line: string) => void,
  work: () => Promise<T>,
  interval = INTERVAL,
): Promise<T> {
  const start = performance.now();
  const timer = setInterval(() => {
    report(`${what()} (${Math.round((performance.now() - start) / 1000)} s so far)`);
  }, interval);
  return work().finally(() => clearInterval(timer));
}
