import { block, linesOf } from "./markdown";
import type { Diagnostic } from "./preview";

/** What of a message is worth the room: more of it is in the job's log. */
const LINES = 60;
const CHARACTERS = 4000;

function shortened(message: string): string[] {
  const lines = linesOf(message.slice(0, CHARACTERS));
  const whole = message.length <= CHARACTERS && lines.length <= LINES;
  return whole ? lines : [...lines.slice(0, LINES), "… the job's log has all"];
}

/** What went wrong, as it was said, a block each. */
export function said(diagnostics: readonly Diagnostic[], severity: string): string[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map(({ message }) => block(shortened(message)));
}
