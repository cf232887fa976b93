import { stringify } from "yaml";
import { ADVICE } from "./advice";
import { isSecret } from "./environment";
import { fieldsOf, meaningOf } from "./meaning";

/* A stack file's text: every setting with a comment above it, in the schema's order. */

type Path = readonly (string | number)[];

const WIDTH = 100;

/** Words in comment lines that are no longer than WIDTH. */
function comment(text: string, indent: string): string[] {
  const lines = text.split(" ").reduce<string[]>((all, word) => {
    const last = all.at(-1);
    const longer = `${last ?? ""} ${word}`;
    if (last === undefined || indent.length + longer.length > WIDTH) return [...all, `# ${word}`];
    return [...all.slice(0, -1), longer];
  }, []);
  return lines.map((line) => `${indent}${line}`);
}

const named = (path: Path) => path.filter((part) => typeof part === "string").join(".");

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a comment says of a setting: what it is, what it may be, its default, when to choose another. */
function explanation(path: Path): string | undefined {
  const meaning = meaningOf(path);
  const advice = ADVICE[named(path)];
  if (meaning === undefined) return advice;
  const { what, standard, choice } = meaning;
  const plain = standard !== undefined && (typeof standard !== "object" || standard === null);
  return [
    `${what.replace(/\.$/, "")}.`,
    ...(choice === undefined ? [] : [`Allowed: ${choice}.`]),
    ...(plain ? [`Default: ${shown(standard)}.`] : []),
    ...(advice === undefined ? [] : [advice]),
  ].join(" ");
}

/** A structure's entries in the schema's order; a name that the schema lacks comes last. */
function ordered(path: Path, value: object): [string, unknown][] {
  const names = fieldsOf(path);
  const rank = (name: string) => (names.includes(name) ? names.indexOf(name) : names.length);
  return Object.entries(value).sort(
    ([one], [other]) => rank(one) - rank(other) || (one < other ? -1 : 1),
  );
}

/** Writes values and comments; each setting is explained where it first appears. */
class Writer {
  private readonly explained = new Set<string>();

  structure(path: Path, value: object, indent: string, prefix = ""): string[] {
    return ordered(path, value).flatMap(([name, own]) => {
      const at = [...path, name];
      return [
        ...this.explain(at, indent),
        ...this.entry(`${indent}${prefix}${name}:`, at, own, indent),
      ];
    });
  }

  private explain(path: Path, indent: string): string[] {
    const name = named(path);
    if (this.explained.has(name)) return [];
    this.explained.add(name);
    const text = explanation(path);
    return text === undefined ? [] : comment(text, indent);
  }

  private entry(head: string, path: Path, value: unknown, indent: string): string[] {
    const inner = `${indent}  `;
    if (typeof value !== "object" || value === null) return [`${head} ${scalar(value)}`];
    if (Object.keys(value).length === 0) return [`${head} ${Array.isArray(value) ? "[]" : "{}"}`];
    if (!Array.isArray(value)) return [head, ...this.structure(path, value, inner)];
    return [head, ...value.flatMap((item, i) => this.item([...path, i], item as unknown, inner))];
  }

  private item(path: Path, item: unknown, indent: string): string[] {
    if (typeof item !== "object" || item === null) return [`${indent}- ${scalar(item)}`];
    const lines = this.structure(path, item, `${indent}  `);
    const first = lines.findIndex((line) => !/^\s*#/.test(line));
    // Comments of the first field stand above its dash.
    return lines.map((line, i) => {
      if (i > first) return line;
      return i < first ? line.slice(2) : `${indent}- ${line.slice(indent.length + 2)}`;
    });
  }
}

function scalar(value: unknown): string {
  if (typeof value === "string" && value.includes("\n")) return JSON.stringify(value);
  return stringify(value, { lineWidth: 0 }).trimEnd();
}

/**
 * The text of a stack file: the same for the same settings.
 * @param pending settings that are still to be set, named at its head
 */
export function stackText(
  { stack, project }: { readonly stack: string; readonly project: string },
  given: object,
  pending: readonly string[],
): string {
  const head = [
    `The stack ${stack}. What it leaves out has its default; docs/settings.md has every setting, docs/operations.md says how they go together.`,
    `No secret stands here in plain text. Still to be set, before the first \`pulumi up\`, each with \`pulumi config set --secret --path '${project}:…'\`:`,
  ];
  return [
    ...head.flatMap((text) => comment(text, "")),
    ...pending.map(
      (setting) => `#   ${setting}${isSecret(setting) ? "" : " (no secret: without --secret)"}`,
    ),
    "config:",
    ...new Writer().structure([], given, "  ", `${project}:`),
    "",
  ].join("\n");
}
