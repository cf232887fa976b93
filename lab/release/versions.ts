/** The releases that the stand-in can be, two of each shape so that one can be upgraded to the other. */
export const STAND_INS = ["1.1.2", "1.1.3", "1.5.3", "1.5.4"] as const;
export type StandInVersion = (typeof STAND_INS)[number];

/** What a release's files and services look like: the first and the last of the MySQL generation. */
export const SHAPES = ["1.1", "1.5"] as const;
export type Shape = (typeof SHAPES)[number];

export function shapeOf(version: StandInVersion): Shape {
  return version.startsWith("1.1.") ? "1.1" : "1.5";
}

/** Where the database image of a shape keeps the schema. */
export const SCHEMA_FILE: Readonly<Record<Shape, string>> = {
  "1.1": "/tmp/r.sql",
  "1.5": "/docker-entrypoint-initdb.d/registry.sql",
};
