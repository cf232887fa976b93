/** An error for the person who set the pipeline up: it is its message alone. */
export class PipelineError extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables of the environment, none of which may be missing or empty.
 * @param explained what each one is, by its name
 * @throws PipelineError that names every missing one
 */
export function needed<Name extends string>(
  explained: Readonly<Record<Name, string>>,
  environment: Environment = process.env,
): Record<Name, string> {
  const names = Object.keys(explained) as Name[];
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) {
    const lines = missing.map((name) => `  ${name}: ${explained[name]}`);
    throw new PipelineError(
      `missing in the environment:\n${lines.join("\n")}\nSet them in the workflow's step (docs/pipeline.md).`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, environment[name]!])) as Record<
    Name,
    string
  >;
}

/** Runs a program of the pipeline; an error ends it with status 1 and is said as its message. */
export function runPipeline(name: string, work: () => Promise<void> | void): void {
  Promise.resolve()
    .then(work)
    .catch((error: unknown) => {
      process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    });
}
