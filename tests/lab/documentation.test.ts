import { run } from "../../lab/shell";
import { missingLine } from "../documentation/printed";
import { ROOT } from "../documentation/pages";
import { labSucceeds } from "./driver";
import { labBlocks } from "./documentation";

/*
 * What the README and the pages tell to run on the lab, one block after another as they are read, and
 * whether that prints what the page says. It begins with nothing and leaves nothing.
 */

beforeAll(() => labSucceeds("down", "--volumes"));
afterAll(() => labSucceeds("down", "--volumes"));

// Each stands on the ones before it.
let failed = false;

/** `npm ci` has been run: another one would take away what this test runs on. */
const installed = (text: string) => text.replace(/^npm ci && /m, "");

test.each(labBlocks().map((block) => [`${block.place}, ${block.heading}`, block] as const))(
  "%s",
  async (_, { text, prints }) => {
    if (failed) throw new Error("a block before it failed; this was not tried");
    failed = true;
    process.stderr.write(`${text}\n`);
    const { code, stdout, stderr } = await run(
      "bash",
      ["-euo", "pipefail", "-c", installed(text)],
      {
        cwd: ROOT,
        mayFail: true,
        env: { NO_COLOR: "1" },
      },
    );
    const output = `${stdout}\n${stderr}`;
    if (code !== 0) throw new Error(`ended with ${String(code)}:\n${output}`);
    const missing = prints === undefined ? undefined : missingLine(prints, output);
    if (missing !== undefined) throw new Error(`it does not print "${missing}":\n${output}`);
    failed = false;
  },
);
