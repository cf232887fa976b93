import type { Stack } from "@pulumi/pulumi/automation";
import { outputOf } from "../stack";
import { certificate } from "./certificate";
import type { Check, Node, Registry } from "./check";
import { findingsOf, tallyOf } from "./findings";
import { imagesIn } from "./images";
import { jsonOf } from "./json";
import { namesBy, type Resolve } from "./names";
import { sessions } from "./sessions";
import { ADMINISTRATOR, checkSignIn, type SignIn, signInOf } from "./sign-in";
import { tokens } from "./tokens";

/** Where the image of the proof is for a moment: in the project that every Harbor has. */
const REPOSITORY = "library/harbor-ha-proof";

export interface ProveOptions {
  /** Who logs in. @default the administrator */
  readonly user?: string;
  /** A file with that user's password. @default from the environment, or the stack's first one */
  readonly passwordFile?: string;
  /** The repository that the image of the proof is pushed to. @default library/harbor-ha-proof */
  readonly repository?: string;
  /** One JSON document in place of the lines. @default false */
  readonly json?: boolean;
  /** How the registry's name is found. @default as programs on this machine find it */
  readonly resolve?: Resolve;
  /** Takes each line, or the document. */
  readonly print: (text: string) => void;
}

async function outputNeeded<T>(stack: Stack, name: string): Promise<T> {
  const value = await outputOf<T>(stack, name);
  if (value !== undefined) return value;
  throw new Error(
    `the stack ${stack.name} has no output \`${name}\`: a deployment did not end, or an earlier version of this program made it; run \`pulumi up\` first`,
  );
}

async function registryOf(stack: Stack, { user }: SignIn): Promise<Registry> {
  const caCertificate = await outputOf<string>(stack, "caCertificate");
  return {
    url: new URL(await outputNeeded<string>(stack, "url")),
    nodes: await outputNeeded<Node[]>(stack, "nodes"),
    user,
    ...(caCertificate !== undefined && { caCertificate }),
  };
}

/** A repository's name as the registry takes it, below a project. */
function checkRepository(name: string): void {
  const part = "[a-z0-9]+(?:[._-]+[a-z0-9]+)*";
  if (new RegExp(`^${part}(/${part})+$`).test(name)) return;
  throw new Error(
    `--repository ${name} is no repository of a project; allowed: PROJECT/NAME in small letters, such as ${REPOSITORY}`,
  );
}

const checksOf = (repository: string, resolve?: Resolve): readonly Check[] => [
  namesBy(resolve),
  certificate,
  imagesIn(repository),
  tokens,
  sessions,
];

/**
 * Proves a deployed stack as its clients meet it, over the network alone, and prints what each check
 * saw. Returns whether all of it is as it must be.
 * @throws Error where it could not try: nothing is deployed, or the password is not the one
 */
export async function proveStack(stack: Stack, options: ProveOptions): Promise<boolean> {
  const { user = ADMINISTRATOR, passwordFile, repository = REPOSITORY, print } = options;
  const { json = false, resolve } = options;
  checkRepository(repository);
  const firstPassword = await outputNeeded<string>(stack, "adminPassword");
  const signIn = await signInOf(user, passwordFile, firstPassword);
  const registry = await registryOf(stack, signIn);
  await checkSignIn(registry, signIn);
  const line = json ? () => undefined : print;
  const findings = await findingsOf(checksOf(repository, resolve), registry, line);
  const tally = tallyOf(findings);
  print(json ? jsonOf(findings, registry, stack.name) : tally.line);
  return tally.failed === 0;
}
