import { distance } from "fastest-levenshtein";

/** The known names, at most three and the nearest first, that a mistyped one may have meant. */
export function nearNames(given: string, known: Iterable<string>): string[] {
  const name = given.toLowerCase();
  const limit = Math.max(2, Math.floor(name.length / 3));
  return [...known]
    .map((candidate) => ({ candidate, edits: distance(name, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, edits }) =>
        edits <= limit ||
        (name.length > 3 && (candidate.includes(name) || name.includes(candidate))),
    )
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}
