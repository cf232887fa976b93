import { parseArgs } from "node:util";
import { said } from "./stack";

/** What a program's command line says: options with a value, all of them but those in brackets needed. */
function optionsOf(usage: string): Record<string, string | undefined> {
  const names = [...usage.matchAll(/(\[)?--([a-z-]+) [A-Z]+/g)];
  const options = Object.fromEntries(
    names.map(([, , name]) => [name!, { type: "string" as const }]),
  );
  const { values } = parseArgs({ options });
  const missing = names.filter(([, optional, name]) => !optional && !values[name!]);
  if (missing.length > 0)
    throw new Error(`missing: ${missing.map(([, , name]) => `--${name}`).join(", ")}`);
  return values;
}

/**
 * Runs a program with the options that its usage names, as in `--stack NAME [--passphrase-file FILE]`.
 * Lines and errors go to standard error; an error ends it with status 1, a wrong option with 2.
 */
export async function runProgram(
  usage: string,
  work: (
    options: Record<string, string | undefined>,
    report: (line: string) => void,
  ) => Promise<void>,
): Promise<void> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  let options;
  try {
    options = optionsOf(usage);
  } catch (error) {
    report(`${said(error)}\nusage: ${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    await work(options, report);
  } catch (error) {
    report(said(error));
    process.exitCode = 1;
  }
}
