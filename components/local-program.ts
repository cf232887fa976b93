/**
 * What `local.Command` runs to start a program of this project, with a first line for a person.
 *
 * The engine runs local commands in the project's folder; where it starts somewhere else, the variable
 * says where that folder is. A path here would differ between the machines that share a stack, and each
 * would run the command again.
 *
 * @param program path of the program from the project's folder
 */
export function localProgram(what: string, program: string): string {
  return `# harbor-ha: ${what}\ncd "\${HARBOR_HA_HOME:-.}" && exec node --require ./loader.js ${program}\n`;
}
