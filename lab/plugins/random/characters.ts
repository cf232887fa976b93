import { randomBytes, randomInt } from "node:crypto";
import type { CheckFailure } from "../protocol/provider";
import type { Properties } from "../protocol/values";

const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

interface CharacterSet {
  allow: string;
  minimum: string;
  characters: string;
}

function characterSets(inputs: Properties): CharacterSet[] {
  const override = inputs["overrideSpecial"];
  return [
    { allow: "upper", minimum: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { allow: "lower", minimum: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
    { allow: "numeric", minimum: "minNumeric", characters: "0123456789" },
    {
      allow: "special",
      minimum: "minSpecial",
      characters: typeof override === "string" && override !== "" ? override : SPECIAL,
    },
  ];
}

const count = (value: unknown) => (typeof value === "number" ? value : 0);

export function withDefaults(inputs: Properties): Properties {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  const minimums = { minUpper: 0, minLower: 0, minNumeric: 0, minSpecial: 0 };
  const allowed = { upper: true, lower: true, special: true };
  return { ...minimums, ...allowed, ...inputs, numeric, number: numeric };
}

export function checkCharacters(inputs: Properties): CheckFailure[] {
  const { length } = inputs;
  const sets = characterSets(inputs);
  const failures: CheckFailure[] = [];
  if (typeof length === "number") {
    const minimum = sets.reduce((sum, set) => sum + count(inputs[set.minimum]), 0);
    if (!Number.isInteger(length) || length < Math.max(1, minimum)) {
      const reason = `must be a whole number of at least ${Math.max(1, minimum)}, got ${length}`;
      failures.push({ property: "length", reason });
    }
  }
  if (sets.every((set) => inputs[set.allow] === false)) {
    const reason = "at least one of upper, lower, numeric and special must be true";
    failures.push({ property: "special", reason });
  }
  return failures;
}

const pick = (characters: readonly string[], times: number): string[] =>
  Array.from({ length: times }, () => characters[randomInt(characters.length)] ?? "");

/** Text of the asked length: the minimum of each set, the rest from all allowed sets, shuffled. */
export function randomText(inputs: Properties): string {
  const sets = characterSets(inputs);
  const required = sets.flatMap((set) => pick([...set.characters], count(inputs[set.minimum])));
  const allowed = sets.filter((set) => inputs[set.allow] !== false).map((set) => set.characters);
  const rest = pick([...allowed.join("")], count(inputs["length"]) - required.length);
  return [...required, ...rest]
    .map((character) => ({ character, order: randomBytes(8).readBigUInt64BE() }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ character }) => character)
    .join("");
}
