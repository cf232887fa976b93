import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";
import { touchedStacks } from "../../pipeline/touched-stacks";

/*
 * What docs/house.md says of the rooms, and what a change of a file touches, by what the files import.
 */

const ROOT = path.resolve(__dirname, "../..");

interface Room {
  /** A folder with its slash, or a file at the top. */
  readonly name: string;
  /** Beginnings of the paths that it may import; undefined for everything. */
  readonly mayUse: readonly string[] | undefined;
}

/** The rows of the table of rooms. */
function roomsOf(page: string): Room[] {
  const rooms: Room[] = [];
  for (const line of page.split("\n")) {
    const [, name, , uses] = line.split("|").map((cell) => cell.trim());
    if (!name?.startsWith("`") || uses === undefined) continue;
    const named = [...uses.replace(/\(.*?\)/g, "").matchAll(/`([^`]+)`/g)].map(([, use]) => use!);
    const above = uses === "all above" ? rooms.map((room) => room.name) : named;
    rooms.push({
      name: name.replaceAll("`", ""),
      mayUse: uses === "everything" ? undefined : above.filter((use) => !use.includes(" ")),
    });
  }
  return rooms;
}

/** The project's own files that a file imports, as paths from the top. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), "utf8");
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => {
      const named = path.join(path.dirname(file), fileName);
      const found = [named, `${named}.ts`, `${named}/index.ts`, named.replace(/js$/, "ts")].find(
        (one) => path.extname(one) !== "" && existsSync(path.join(ROOT, one)),
      );
      if (found === undefined) throw new Error(`${file} imports ${fileName}, which is not there`);
      return found;
    });
}

function sourcesIn(room: string): string[] {
  if (!room.endsWith("/")) return [room];
  return readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(room, name));
}

const rooms = roomsOf(readFileSync(path.join(ROOT, "docs/house.md"), "utf8"));

test("every folder with sources is a room", () => {
  const skipped = ["node_modules", ".git", ".cache", ".github", ".ci"];
  const folders = readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !skipped.includes(entry.name))
    .map(({ name }) => `${name}/`)
    .filter((folder) => sourcesIn(folder).length > 0);
  expect(
    rooms
      .map(({ name }) => name)
      .filter((name) => name.endsWith("/"))
      .sort(),
  ).toEqual(folders.sort());
});

test.each(rooms.filter(({ mayUse }) => mayUse !== undefined))(
  "$name imports what the house's table allows",
  ({ name, mayUse }) => {
    const allowed = [name, ...mayUse!];
    const strange = sourcesIn(name).flatMap((file) =>
      importsOf(file)
        .filter((used) => !allowed.some((use) => used.startsWith(use)))
        .map((used) => `${file}: ${used}`),
    );
    expect(strange).toEqual([]);
  },
);

test("whatever the program imports touches every stack when it changes", () => {
  const reached = new Set<string>();
  const queue = ["index.ts", ...["copy", "switch", "depart"].map((one) => `host/${one}/main.ts`)];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    queue.push(...importsOf(file));
  }
  expect(reached.size).toBeGreaterThan(50);
  const untouched = [...reached].filter(
    (file) => touchedStacks([file], ["Pulumi.prod.yaml"]).stacks.length === 0,
  );
  expect(untouched).toEqual([]);
});
