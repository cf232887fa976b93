import { z } from "zod";
import { schema } from "../../settings/schema";

/* What the settings' own schema says of a setting, for a person. */

type Place = z.core.JSONSchema.JSONSchema;

export interface Meaning {
  /** What it is. */
  readonly what: string;
  /** @default it has none */
  readonly standard?: unknown;
  /** The words of which one stands there. @default it is no choice of words, or `what` says them */
  readonly choice?: string;
}

const root: Place = z.toJSONSchema(schema, {
  io: "input",
  // Values that may be texts too would lose their defaults.
  override: ({ zodSchema, jsonSchema }) => {
    const { def } = zodSchema._zod;
    if (def.type === "default") jsonSchema.default = def.defaultValue;
  },
});

const variants = (place: Place) => place.oneOf ?? [place];

/** The places that a path leads to: several below a structure with variants. */
function placesAt(path: readonly (string | number)[]): Place[] {
  return path.reduce<Place[]>(
    (places, part) =>
      places
        .flatMap(variants)
        .map((place) => (typeof part === "number" ? place.items : place.properties?.[part]))
        .filter((place) => typeof place === "object")
        .map((place) => place as Place),
    [root],
  );
}

/** What a setting means; undefined where there is no such setting. */
export function meaningOf(path: readonly (string | number)[]): Meaning | undefined {
  const places = placesAt(path);
  const [first] = places;
  if (first?.description === undefined) return undefined;
  // The field that tells variants apart.
  if (places.length > 1 && places.every((place) => place.const !== undefined)) {
    return {
      what: places
        .map((place) => `${String(place.const as unknown)}: ${place.description ?? ""}`)
        .join(". "),
      standard: standardVariant(path),
    };
  }
  return {
    what: first.description,
    ...(first.default !== undefined && { standard: first.default }),
    ...(first.enum && { choice: first.enum.join(" or ") }),
  };
}

/** Which variant a structure is when it is left out. */
function standardVariant(path: readonly (string | number)[]): unknown {
  const standard = placesAt(path.slice(0, -1))[0]?.default as Record<string, unknown> | undefined;
  return standard?.[String(path.at(-1))];
}

/** The names of a structure's fields, in the schema's order. */
export function fieldsOf(path: readonly (string | number)[]): string[] {
  const names = placesAt(path)
    .flatMap(variants)
    .flatMap((place) => Object.keys(place.properties ?? {}));
  return [...new Set(names)];
}
