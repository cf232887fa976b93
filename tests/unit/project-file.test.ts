import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { schema } from "../../settings/schema";

interface Declared {
  type: "string" | "integer" | "boolean" | "object" | "array";
  description: string;
  default: unknown;
}

const ROOT = join(__dirname, "../..");
const project = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8")) as {
  name: string;
  main: string;
  runtime: { name: string; options: { nodeargs: string } };
  config: Record<string, Declared>;
};
const { config } = project;

const { properties } = z.toJSONSchema(schema, { io: "input" });
type Place = z.core.JSONSchema.BaseSchema;

/** The engine's name for what the schema takes; numbers and flags may be texts as well. */
function typeOf(place: Place): string {
  const types = [place, ...(place.anyOf ?? [])].map(({ type }) => type);
  if (types.includes("number")) return "integer";
  if (types.includes("boolean")) return "boolean";
  return place.oneOf ? "object" : String(place.type);
}

test("declares exactly the settings that the schema has", () => {
  expect(Object.keys(config)).toEqual(Object.keys(schema.shape));
});

test.each(Object.entries(schema.shape))(
  "%s has the type and the default of the schema",
  (key, field) => {
    const declared = config[key]!;
    expect(declared.description).toMatch(/^\S.{10,}/s);
    expect(declared.type).toBe(typeOf(properties![key] as Place));
    const own = field.safeParse(undefined);
    // What must be given, and what may be left out, stands there empty.
    const empty = { string: "", array: [], object: {}, integer: undefined, boolean: undefined };
    const written = field.safeParse(declared.default);
    if (own.data !== undefined) expect(written.data).toEqual(own.data);
    else expect(declared.default).toEqual(empty[declared.type]);
  },
);

test("every field of a structure is named in its description", () => {
  const names = (place: Place): string[] => [
    ...Object.keys(place.properties ?? {}),
    ...[place.items ?? [], place.oneOf ?? []].flat(2).flatMap((part) => names(part as Place)),
  ];
  for (const [key, field] of Object.entries(properties!)) {
    for (const name of names(field as Place)) {
      expect(config[key]!.description).toMatch(new RegExp(`\\b${name}\\b`));
    }
  }
});

test("runs the program from its sources", () => {
  expect(project).toMatchObject({ name: "harbor-ha", runtime: { name: "nodejs" } });
  expect(existsSync(join(ROOT, project.main))).toBe(true);
  expect(project.runtime.options.nodeargs).toBe("--require ./loader.js");
});
