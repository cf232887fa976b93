/** Quotes as the official plugin does (Go's %q), so that a command of many lines stays on one. */
export function quote(text: string): string {
  const escape = (character: string) =>
    `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])|\x7f/g, (match, hex?: string) =>
    hex === undefined ? escape(match) : hex === "07" ? "\\a" : hex === "0b" ? "\\v" : `\\x${hex}`,
  );
}

/** A command's end other than success, with the command and all it wrote, as the official plugin. */
export function commandError(reason: string, command: string, output: readonly string[]): Error {
  return new Error(`${reason}: running ${quote(command)}:\n${output.join("")}`);
}
