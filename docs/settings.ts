import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { SECRET_SETTINGS, schema } from "../settings/schema";

/* Makes docs/settings.md from the schema: `npm run docs:settings`. */

type Place = z.core.JSONSchema.JSONSchema & { readonly allowed?: string };

interface Row {
  readonly setting: string;
  readonly allowed: string;
  readonly standard: string;
  readonly meaning: string;
}

const HEAD = `# Settings

<!-- Made by \`npm run docs:settings\` from settings/schema.ts; changes belong there. -->

Every setting stands under \`harbor-ha:\` in the stack's file. A secret is set with
\`pulumi config set --secret --path 'harbor-ha:<setting>'\`; one in plain text is refused. Every
problem is said at once, before a host is contacted. A text in PEM is set from its file:
\`pulumi config set --secret --path 'harbor-ha:tls.key' < key.pem\`.
`;

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function allowed(place: Place): string {
  if (place.allowed) return place.allowed;
  if (place.enum) return place.enum.map(code).join(" or ");
  if (place.const !== undefined) return code(place.const);
  return place.type === "array" ? "list" : "structure";
}

function row(setting: string, place: Place, required: boolean): Row {
  const secret = SECRET_SETTINGS.some((name) => name === setting);
  const left = required ? "required" : place.default === undefined ? "" : code(place.default);
  return {
    setting: code(setting),
    allowed: allowed(place),
    standard: left,
    meaning: `${place.description ?? ""}${secret ? ". **Secret**" : ""}`,
  };
}

function isStructure(place: Place): boolean {
  return place.type === "object" && place.properties !== undefined;
}

/** A row a setting, a structure before its fields; one with variants has the fields of each. */
function rows(place: Place, prefix = ""): Row[] {
  return Object.entries(place.properties ?? {}).flatMap(([name, value]) => {
    const field = value as Place;
    const setting = `${prefix}${name}`;
    const items = field.items as Place | undefined;
    const required = place.required?.includes(name) ?? false;
    const own = row(setting, field, required);
    if (items && isStructure(items)) return [own, ...rows(items, `${setting}[].`)];
    if (isStructure(field)) return [{ ...own, standard: "" }, ...rows(field, `${setting}.`)];
    return [own, ...variantRows(field.oneOf ?? [], `${setting}.`)];
  });
}

/**
 * The field that tells the variants apart, once and with what each of its values means; then their
 * fields, each with the value that it goes with unless all variants have it.
 */
function variantRows(variants: readonly Place[], prefix: string): Row[] {
  const all = variants.map((variant) => {
    const [teller, ...fields] = rows(variant, prefix);
    return { teller: teller!, fields };
  });
  const [first] = all;
  if (first === undefined) return [];
  const isCommon = (row: Row) =>
    all.every(({ fields }) => fields.some((other) => isDeepStrictEqual(other, row)));
  return [
    {
      ...first.teller,
      allowed: all.map(({ teller }) => teller.allowed).join(" or "),
      meaning: all.map(({ teller }) => `${teller.allowed}: ${teller.meaning}`).join(". "),
    },
    ...first.fields.filter(isCommon),
    ...all.flatMap(({ teller, fields }) =>
      fields
        .filter((row) => !isCommon(row))
        .map((row) => ({
          ...row,
          standard: row.standard === "required" ? `required with ${teller.allowed}` : row.standard,
          meaning: `With ${teller.allowed}: ${row.meaning}`,
        })),
    ),
  ];
}

/** The schema as it is written in a stack file, with the defaults of values that may be texts too. */
function stackFileSchema(): Place {
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default = def.defaultValue;
    },
  });
}

/** A table whose columns are as wide as their longest cell, as the formatter has them. */
function table(lines: readonly (readonly string[])[]): string {
  const escaped = lines.map((line) => line.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = escaped[0]!.map((_, i) => Math.max(...escaped.map((line) => line[i]!.length)));
  const [head, ...body] = escaped.map(
    (line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`,
  );
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [head, rule, ...body].join("\n");
}

/** The page's text. */
export function settingsPage(): string {
  const body = rows(stackFileSchema()).map((row) => [
    row.setting,
    row.allowed,
    row.standard,
    row.meaning,
  ]);
  return `${HEAD}\n${table([["Setting", "Allowed", "Default", "Meaning"], ...body])}\n`;
}

/** Where the page stands. */
export const PAGE = path.join(__dirname, "settings.md");

if (require.main === module) writeFileSync(PAGE, settingsPage());
