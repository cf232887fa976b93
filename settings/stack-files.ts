import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Given } from "./given";
import { decoded } from "./stack-configuration";

/* The stack files of a project as they are written; what is encrypted in them stays so. */

/** What another stack's file says, or why nobody can read it. */
export interface OtherStack {
  readonly stack: string;
  /** The file's name. */
  readonly file: string;
  readonly given: Given;
  /** @default the file was read */
  readonly unreadable?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** The keys of a value that has some. */
function structure(value: unknown): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}

/** What a file says. @throws Error that shows nothing of the text, which may hold a secret. */
function readYaml(file: string): Values {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), {
    prettyErrors: false,
    lineCounter: lines,
    // As the CLI reads it.
    merge: true,
  });
  const [error] = document.errors;
  if (error) throw new Error(`is no valid YAML (line ${lines.linePos(error.pos[0]).line})`);
  try {
    return structure(document.toJS());
  } catch {
    throw new Error("is no valid YAML (an alias or a merge of it cannot be followed)");
  }
}

/**
 * The setting that a key under `config` is of; undefined for another project's. As the CLI takes it: a key
 * without a project's name is this one's, and `project:config:setting` is how earlier versions wrote it.
 */
function settingOf(key: string, project: string): string | undefined {
  if (!key.includes(":")) return key;
  const prefix = `${project}:`;
  return key.startsWith(prefix) ? key.slice(prefix.length).replace(/^config:/, "") : undefined;
}

/** A file's values under `config`, by their settings. */
function configuration(content: Values, project: string): Given {
  return Object.fromEntries(
    Object.entries(structure(content["config"])).flatMap(([key, value]) => {
      const setting = settingOf(key, project);
      if (setting === undefined) return [];
      return [[setting, typeof value === "string" ? decoded(value) : value]];
    }),
  );
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `cannot be read (${code})`;
}

/** A file's content, or nothing together with why. */
function read(file: string): { readonly content: Values; readonly unreadable?: string } {
  try {
    return { content: readYaml(file) };
  } catch (error) {
    return { content: {}, unreadable: reason(error) };
  }
}

/** The names of the files in a folder; none where there is no such folder. */
function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** The name of the project in a folder; undefined where it has no Pulumi.yaml with one. */
export function projectIn(folder: string): string | undefined {
  const { name } = read(path.join(folder, "Pulumi.yaml")).content;
  return typeof name === "string" ? name : undefined;
}

/** What a stack's file says. */
export function stackFile(folder: string, project: string, stack: string): OtherStack {
  const file = `Pulumi.${stack}.yaml`;
  const { content, unreadable } = read(path.join(folder, file));
  const given = configuration(content, project);
  return { stack, file, given, ...(unreadable !== undefined && { unreadable }) };
}

/**
 * The stacks beside one, by their files `Pulumi.<stack>.yaml`: the CLI reads those alone that end as
 * Pulumi.yaml does. What they leave out has the schema's default, as Pulumi.yaml gives no other.
 * @param folder where Pulumi.yaml is
 */
export function otherStacks(folder: string, project: string, stack: string): OtherStack[] {
  return names(folder).flatMap((file) => {
    const name = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    return name === undefined || name === stack ? [] : [stackFile(folder, project, name)];
  });
}
