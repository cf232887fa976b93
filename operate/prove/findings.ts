import type { Check, Finding } from "./check";

function linesOf({ check, passed, text, remedy }: Finding): string[] {
  const [first = "", ...rest] = text.split("\n");
  const further = remedy === undefined ? rest : [...rest, `to do: ${remedy}`];
  return [
    `${passed ? "proved" : "FAILED"}  ${check}: ${first}`,
    ...further.map((line) => `        ${line}`),
  ];
}

/** Runs every check that a deployment has to pass, one failure hiding no other, and prints each as it ends. */
export async function findingsOf<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  print: (line: string) => void,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { name: check, remedy, ...rest } of checks) {
    if (rest.appliesTo?.(subject) === false) continue;
    const finding = await rest.run(subject).then(
      (text): Finding => ({ check, passed: true, text: text.trim() }),
      (error: unknown): Finding => ({
        check,
        passed: false,
        text: (error instanceof Error ? error.message : String(error)).trim(),
        ...(remedy !== undefined && { remedy }),
      }),
    );
    linesOf(finding).forEach(print);
    findings.push(finding);
  }
  return findings;
}

/** How many there are of each kind, and the line that says so: `6 proved, 0 failed`. */
export function tallyOf(findings: readonly Finding[]) {
  const proved = findings.filter(({ passed }) => passed).length;
  const failed = findings.length - proved;
  return { proved, failed, line: `${String(proved)} proved, ${String(failed)} failed` };
}
