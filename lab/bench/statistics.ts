/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `median (least–most)` with a number of decimals. */
export function spread(values: readonly number[], decimals: number): string {
  const text = (value: number) => value.toFixed(decimals);
  return `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`;
}
