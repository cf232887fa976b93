import * as path from "node:path";
import { CommandError, LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation";

const PROJECT_DIR = path.resolve(__dirname, "..");
const PROJECT = "harbor-ha";

/**
 * A stack that is there, by its name, with whatever backend and secrets provider the CLI is set to. It
 * does not become the CLI's current one, to which the next `pulumi up` would go.
 * @throws Error with the names of the stacks that there are, for another one
 */
export async function openStack(name: string): Promise<Stack> {
  const workspace = await LocalWorkspace.create({ workDir: PROJECT_DIR });
  // A look at its settings in place of `pulumi stack select`; all other commands name the stack.
  workspace.selectStack = async (stack) => void (await workspace.getAllConfig(stack));
  try {
    return await Stack.select(name, workspace);
  } catch (error) {
    if (!(error instanceof StackNotFoundError)) throw error;
    const names = (await workspace.listStacks()).map((stack) => stack.name).sort();
    const there =
      names.length > 0
        ? `there are: ${names.join(", ")}`
        : "there is none in this backend (pulumi login), and a new one is made by pulumi stack init";
    throw new Error(`there is no stack ${name}; ${there}`);
  }
}

/**
 * A stack's output; undefined where there is none. Secret ones are decrypted.
 * @throws Error where the stack was never deployed
 */
export async function outputOf<T>(stack: Stack, name: string): Promise<T | undefined> {
  const outputs = await stack.outputs();
  if (Object.keys(outputs).length === 0) {
    throw new Error(`the stack ${stack.name} has no outputs: nothing is deployed yet (pulumi up)`);
  }
  return outputs[name]?.value as T | undefined;
}

/** What the stack's file says of a setting such as `ssh.privateKey`, decrypted; undefined for nothing. */
export async function settingOf(stack: Stack, setting: string): Promise<string | undefined> {
  return stack.getConfig(`${PROJECT}:${setting}`, true).then(
    ({ value }) => value,
    (error: Error) => {
      if (/configuration key .* not found/.test(error.message)) return undefined;
      throw error;
    },
  );
}

/** What an error says to a person: of a failed CLI its own words, not its command line and output. */
export function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof CommandError)) return error.message;
  const words = error.message.matchAll(/^\s*(?:stderr: )?error: (.+)$/gm);
  const text = [...new Set([...words].map(([, word]) => word))].join("; ");
  // What follows the first line has the CLI's output in it, which may hold secrets.
  return (
    text ||
    (/^ stderr: (.+)$/m.exec(error.message)?.[1] ?? "the Pulumi CLI failed; try pulumi stack ls")
  );
}
