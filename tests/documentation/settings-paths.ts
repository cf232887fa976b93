import { z } from "zod";
import { SECRET_SETTINGS, schema } from "../../settings/schema";

type Place = z.core.JSONSchema.BaseSchema;

const whole: Place = z.toJSONSchema(schema, { io: "input" });

const alternatives = (place: Place): Place[] => [
  ...[place.oneOf, place.anyOf]
    .flatMap((places) => places ?? [])
    .flatMap((one) => alternatives(one)),
  place,
];

/** The schema at a path such as `nodes[0].name`, once for each variant; none where there is no such setting. */
function placesAt(setting: string): Place[] {
  const parts = setting.replaceAll(/\[\d*\]/g, ".[]").split(".");
  return parts.reduce<Place[]>(
    (places, part) =>
      places
        .flatMap(alternatives)
        .flatMap((place) => {
          if (part === "[]") return [place.items ?? []].flat();
          const further = place.additionalProperties;
          return [place.properties?.[part] ?? (typeof further === "object" ? further : [])].flat();
        })
        .filter((place) => typeof place === "object"),
    [whole],
  );
}

/** A proxy's URL is a secret where it has a password. */
const EITHER = ["proxy.http", "proxy.https"];

/** A `pulumi config set` as a page has it. */
export interface ConfigSet {
  readonly setting: string;
  readonly secret: boolean;
  /** Absent where it is asked for or read from a file. */
  readonly value?: string;
}

/** What a command sets; undefined for another command. */
export function configSet(words: readonly string[]): ConfigSet | undefined {
  const at = words.findIndex((_, i) => words.slice(i, i + 3).join(" ") === "pulumi config set");
  if (at < 0) return undefined;
  const end = words.findIndex((word) => word.startsWith("<") && !/^<\w+>$/.test(word));
  const rest = words.slice(at + 3, end < 0 ? undefined : end);
  const valued = ["--stack"];
  const plain = rest.filter(
    (word, i) => !word.startsWith("--") && !valued.includes(rest[i - 1] ?? ""),
  );
  const [name = "", value] = plain;
  return {
    setting: name.replace(/^harbor-ha:/, ""),
    secret: rest.includes("--secret"),
    ...(value !== undefined && { value }),
  };
}

/** What is wrong with it, as sentences. */
export function configSetProblems({ setting, secret, value }: ConfigSet): string[] {
  // The command as such, or any setting.
  if (setting === "" || /[…<>]/.test(setting)) return [];
  const places = placesAt(setting);
  if (places.length === 0) return [`${setting} is not a setting`];
  const isSecret = SECRET_SETTINGS.some((name) => name === setting);
  const known = places.flatMap(alternatives).flatMap((place) => place.enum ?? place.const ?? []);
  return [
    ...(isSecret !== secret && !EITHER.includes(setting)
      ? [`${setting} is ${isSecret ? "a" : "no"} secret`]
      : []),
    ...(isSecret && value !== undefined ? [`${setting}: a secret is not an argument`] : []),
    ...(value !== undefined && known.length > 0 && !known.map(String).includes(value)
      ? [`${setting} can't be ${value}: ${known.map(String).join(", ")}`]
      : []),
  ];
}
