/** Makes a backup of a stack's registry; see docs/day-two.md. */
import { readPassphrase } from "../passphrase";
import { runProgram } from "../program";
import { openStack } from "../stack";
import { backupStack } from "./backup";

void runProgram(
  "npm run backup -- --stack NAME --output FILE [--passphrase-file FILE]",
  async ({ stack, output, "passphrase-file": file }, report) => {
    const passphrase = await readPassphrase(file, true);
    await backupStack(await openStack(stack!), { output: output!, passphrase, report });
  },
);
