import { z } from "zod";
import { nearNames } from "../near-names";
import { field, type Given, settingPath } from "./given";
import { schema } from "./schema";

type Place = z.core.JSONSchema.BaseSchema;

/** What the schema has at a path: several places where a structure has variants. */
function placesAt(path: readonly PropertyKey[]): Place[] {
  const alternatives = (place: Place) => place.oneOf ?? place.anyOf ?? [place];
  let places = [z.toJSONSchema(schema, { io: "input" })] as Place[];
  for (const part of path) {
    places = places
      .map((place) => (typeof part === "number" ? place.items : place.properties?.[String(part)]))
      .flatMap((next) => (typeof next === "object" ? [next].flat() : []))
      .flatMap((next) => (typeof next === "object" ? alternatives(next) : []));
  }
  return places;
}

/** What a place's field has to be, where that tells it from the structure's other variants. */
function constantIn(place: Place, name: string): unknown {
  const own = place.properties?.[name];
  return typeof own === "object" ? own.const : undefined;
}

const namesIn = (places: readonly Place[]) => [
  ...new Set(places.flatMap((place) => Object.keys(place.properties ?? {}))),
];

/** Why a key that the schema does not take at a path is none: mistyped, or another variant's. */
export function unknownKey(key: string, path: readonly PropertyKey[], given: Given): string {
  const places = placesAt(path);
  // The field that tells a structure's variants apart, where it has some.
  const teller = namesIn(places).find((name) => constantIn(places[0]!, name) !== undefined);
  if (teller === undefined) return mistyped(key, namesIn(places));
  const chosen = field(given, ...path.map(String), teller);
  const others = places.filter((place) => Object.hasOwn(place.properties ?? {}, key));
  if (others.length === 0) {
    const variant = places.filter((place) => constantIn(place, teller) === chosen);
    return mistyped(key, namesIn(variant));
  }
  const setting = settingPath([...path, teller]);
  const needed = others.map((place) => String(constantIn(place, teller))).join(" or ");
  return `is not a setting with ${setting} ${String(chosen)}, but with ${needed}; take it out, or change ${setting}`;
}

function mistyped(key: string, known: readonly string[]): string {
  const near = nearNames(key, known);
  const hint =
    near.length > 0 ? `did you mean ${near.join(" or ")}?` : `known here: ${known.join(", ")}`;
  return `is not a setting; ${hint}`;
}
