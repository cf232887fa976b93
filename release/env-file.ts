import { literal, variablesOf } from "./template";

/**
 * Sets a variable in the template of an env file: a literal value is replaced, a missing line is
 * added, and a line that takes its value from harbor.cfg is left for harbor.cfg to decide.
 */
export function setInTemplate(template: string, name: string, value: string): string {
  const line = `${name}=${literal(value)}`;
  const present = envLine(template, name);
  if (present === undefined) {
    return `${template}${template === "" || template.endsWith("\n") ? "" : "\n"}${line}\n`;
  }
  if (variablesOf(present).length > 0) return template;
  return template.replace(present, () => line);
}

/** The whole line that sets a variable in an env file. */
function envLine(text: string, name: string): string | undefined {
  return new RegExp(`^${name}=.*$`, "m").exec(text)?.[0];
}

/** Why docker-compose would not read a value from an env file as it is written. */
export function unreadableInEnv(value: string): string | undefined {
  if (/^["']/.test(value)) return "begins with a quote, which docker-compose takes off";
  if (/\s#/.test(value)) return "holds a blank before a #, which begins a comment";
  return undefined;
}
