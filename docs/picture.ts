import { writeFileSync } from "node:fs";
import * as path from "node:path";
import type { HarborClusterArgs } from "../components/harbor-cluster";
import { declared } from "./picture/declared";
import { drawing } from "./picture/drawing";
import { exampleCluster } from "./picture/example";
import { modelOf } from "./picture/read-model";
import { THEMES, type ThemeName } from "./picture/themes";

/*
 * Draws docs/design-light.svg and docs/design-dark.svg: `npm run docs:picture`. What is in them is what
 * the program declares for the example in Pulumi.prod.yaml: the commands of its steps, with the files
 * that they put on a node.
 */

/** The picture's files by their paths, for a page that is light or dark. */
export async function pictures(args: HarborClusterArgs): Promise<Map<string, string>> {
  const model = modelOf(await declared(args));
  const names = Object.keys(THEMES) as ThemeName[];
  return new Map(
    names.map((name) => [path.join(__dirname, `design-${name}.svg`), drawing(model, name)]),
  );
}

async function main(): Promise<void> {
  for (const [file, text] of await pictures(await exampleCluster())) writeFileSync(file, text);
}

if (require.main === module) void main();
