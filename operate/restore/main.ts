/** Prepares a new stack to come up with a backup's database and keys; see docs/day-two.md. */
import { readPassphrase } from "../passphrase";
import { runProgram } from "../program";
import { openStack } from "../stack";
import { restoreStack } from "./restore";

void runProgram(
  "npm run restore -- --stack NAME --archive FILE [--passphrase-file FILE]",
  async ({ stack, archive, "passphrase-file": file }, report) => {
    const passphrase = await readPassphrase(file, false);
    await restoreStack(await openStack(stack!), { archive: archive!, passphrase, report });
  },
);
