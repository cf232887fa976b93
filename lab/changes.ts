import { readFile } from "node:fs/promises";
import { plainValue } from "../operate/new-stack/given-paths";
import { NODE_NAMES, type NodeName } from "./topology";

/** Settings of one run beyond the lab's own, by path, such as `nodes[0].hostKey`. */
export interface Changes {
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** Kept encrypted in the stack's file. */
  readonly secrets: Readonly<Record<string, string>>;
}

export const NO_CHANGES: Changes = { values: {}, secrets: {} };

/**
 * Reads which nodes make up the cluster in this run, such as `hub1,hub3`; all, where nothing is said.
 * @throws Error for a node that the lab does not have.
 */
export function readNodes(list: string | undefined): readonly NodeName[] {
  if (list === undefined) return NODE_NAMES;
  const names = list.split(",");
  if (names.every((name) => NODE_NAMES.some((known) => known === name)))
    return NODE_NAMES.filter((name) => names.includes(name));
  throw new Error(
    `--nodes ${list}: must be some of ${NODE_NAMES.join(", ")}, with commas between them`,
  );
}

/**
 * Reads `SETTING=VALUE` and `SETTING=@FILE`, whose value is the file's text. A secret is taken from a
 * file alone: everybody may read a process's arguments.
 * @throws Error with everything that is wrong with them; it shows no value.
 */
export async function readChanges(
  set: readonly string[],
  setSecret: readonly string[],
): Promise<Changes> {
  const problems: string[] = [];
  const values: Record<string, string | number | boolean> = {};
  const secrets: Record<string, string> = {};
  const textOf = async (flag: string, setting: string, file: string) =>
    readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      problems.push(`${flag} ${setting}: ${file} cannot be read (${error.code ?? error.message})`);
      return "";
    });
  for (const change of set) {
    const [, setting, file, value] = /^([^=]+)=(?:@(.+)|([^]*))$/.exec(change) ?? [];
    if (setting === undefined)
      problems.push(`--set ${change}: must be SETTING=VALUE or SETTING=@FILE`);
    else if (file !== undefined) values[setting] = await textOf("--set", setting, file);
    else values[setting] = plainValue(value!);
  }
  for (const change of setSecret) {
    const [, setting, file] = /^([^=]+)=@(.+)$/.exec(change) ?? [];
    if (setting === undefined || file === undefined) {
      const named = change.split("=")[0]!;
      problems.push(`--set-secret ${named}: must be SETTING=@FILE, so that nobody sees the value`);
    } else secrets[setting] = await textOf("--set-secret", setting, file);
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return { values, secrets };
}
