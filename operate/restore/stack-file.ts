import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Stack } from "@pulumi/pulumi/automation";

/**
 * Puts a setting into the stack's file. The value goes by standard input: the Automation API would put
 * it into the command's arguments, which everybody on this machine can read.
 *
 * @param setting its path, such as `tokenKeypair.privateKey`
 * @throws Error with what the CLI says
 */
export async function setSetting(
  { name, workspace }: Stack,
  setting: string,
  value: string,
  secret: boolean,
): Promise<void> {
  const { project, command } = await cliOf(workspace);
  const kind = secret ? "--secret" : "--plaintext";
  const child = spawn(
    command,
    [
      "config",
      "set",
      kind,
      "--path",
      `${project}:${setting}`,
      "--stack",
      name,
      "--non-interactive",
    ],
    {
      cwd: workspace.workDir,
      env: {
        ...process.env,
        ...workspace.envVars,
        ...(workspace.pulumiHome && { PULUMI_HOME: workspace.pulumiHome }),
      },
      stdio: ["pipe", "ignore", "pipe"],
    },
  );
  child.stdin.on("error", () => undefined);
  // The CLI takes one line end off.
  child.stdin.end(`${value}\n`);
  const said = text(child.stderr);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", resolve);
  });
  if (code !== 0)
    throw new Error(
      `${setting} cannot be set in the stack's file: ${(await said).trim()}; correct that, and restore again`,
    );
}

/** The CLI that the workspace runs, and the project whose settings it has. */
async function cliOf(workspace: Stack["workspace"]) {
  const { name } = await workspace.projectSettings();
  return { project: name, command: workspace.pulumiCommand.command };
}
