/**
 * Python's string.Template, the language of a release's templates: `$name`, `${name}`, and `$$` for
 * a dollar. Case matters to the value looked up, as it does there.
 */
const PLACEHOLDER = /\$(?:(\$)|([_a-zA-Z][_a-zA-Z0-9]*)|\{([_a-zA-Z][_a-zA-Z0-9]*)\}|)/g;

/** The variables that a template names, in order, each once. */
export function variablesOf(text: string): string[] {
  const names = [...text.matchAll(PLACEHOLDER)].map(([, , named, braced]) => named ?? braced);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * Puts the values in. `lookup` answers undefined for a variable without a value; each such variable,
 * and each dollar that is none of the three forms, is reported through `problem`.
 */
export function substitute(
  text: string,
  lookup: (name: string) => string | undefined,
  problem: (what: string) => void,
): string {
  const missing = new Set<string>();
  const result = text.replace(
    PLACEHOLDER,
    (all: string, dollar?: string, named?: string, braced?: string, offset?: number) => {
      if (dollar !== undefined) return "$";
      const name = named ?? braced;
      if (name === undefined) {
        problem(`a lone dollar in line ${text.slice(0, offset).split("\n").length}`);
        return all;
      }
      const value = lookup(name);
      if (value === undefined) missing.add(name);
      return value ?? all;
    },
  );
  for (const name of missing) problem(`no value for the variable ${name}`);
  return result;
}

/** A text that a template renders to exactly `value`. */
export function literal(value: string): string {
  return value.replaceAll("$", "$$$$");
}
