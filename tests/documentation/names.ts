import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { STEPS } from "../../host/script";
import { ROOT } from "./pages";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Folders of the project that a path in a page may begin with. */
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && !["node_modules", ".git", ".cache"].includes(entry.name),
  )
  .map(({ name }) => name.replaceAll(".", String.raw`\.`));

const FILE = new RegExp(
  String.raw`(?<![\w./<-])(?:(?:${FOLDERS.join("|")})/[\w./-]+\.(?:ts|js|mjs|sh|md|svg|ya?ml)|Pulumi(?:\.\w+)?\.yaml)(?![\w/])`,
  "g",
);

/** Stack files that a page makes, or leaves to the reader. */
const MADE = /^Pulumi\.(hub|qa|new|back)\.yaml$/;
/** Folders of a release, which are named as ours are. */
const OF_A_RELEASE = /^harbor\/|\/NAME\.ts$/;

/** The files of the project that a text names and that are not there. */
export function missingFiles(text: string): string[] {
  return [...text.matchAll(FILE)]
    .map(([name]) => name)
    .filter(
      (name) => !MADE.test(name) && !(OF_A_RELEASE.test(name) && !existsSync(join(ROOT, name))),
    )
    .filter((name) => !existsSync(join(ROOT, name)));
}

/** The outputs of the program by their names. */
const OUTPUTS = new Set(
  [...read("index.ts").matchAll(/(\w+): cluster\./g)].map(([, name]) => name!),
);

/** What is wrong with `pulumi stack output NAME` in a text. */
export function unknownOutputs(text: string): string[] {
  return [
    ...text.matchAll(/pulumi stack output((?: +--?\w[\w-]*(?: +(?!\w+ *[`\n])\w+)?)*) +(\w+)/g),
  ]
    .map(([, , name]) => name!)
    .filter((name) => !OUTPUTS.has(name));
}

const declared = readdirSync(join(ROOT, "components"))
  .map((name) => read(join("components", name)))
  .join("\n");

/** The names of resources in `'**::hub2-stage'` that the program makes none of. */
export function unknownResources(text: string): string[] {
  return [...text.matchAll(/\*\*::([\w-]+)/g)]
    .map(([, name]) => name!)
    .filter((name) => {
      const [, step] = /^hub\d-(.+)$/.exec(name) ?? [];
      if (step !== undefined) return !STEPS.some((known) => known === step);
      return !new RegExp(`["\`]${name.replace(/-\d+$/, "")}["\`$]`).test(declared);
    });
}
