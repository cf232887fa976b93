import { createHash, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { parseDocument } from "yaml";
import { removeDeadLocks } from "./dead-locks";
import { ensurePlugins } from "./plugins/install";
import type { Report } from "./report";
import { run } from "./shell";
import { PROJECT, PROJECT_DIR, STACK, type StackSettings } from "./stack-settings";
import { ensurePulumi } from "./toolchain";
import { CACHE_DIR, LAB_DIR, STACK_DIR, STATE_DIR } from "./topology";

/** The lab's stack: the real CLI, its state and settings in the lab's own folder. */
export interface LabStack {
  readonly stack: Stack;
  /** The environment that the CLI runs in, for opening another stack. */
  readonly environment: Readonly<Record<string, string>>;
}

async function passphrase(): Promise<string> {
  const file = path.join(LAB_DIR, "passphrase");
  try {
    return await readFile(file, "utf8");
  } catch {
    const text = randomBytes(24).toString("base64");
    await writeFile(file, text, { mode: 0o600 });
    return text;
  }
}

/*
 * The program is handed to the engine by the Automation API, so the copy names no main file; the
 * rest of Pulumi.yaml, the declared settings above all, is the project's own.
 */
async function writeProject(): Promise<void> {
  const project = parseDocument(await readFile(path.join(PROJECT_DIR, "Pulumi.yaml"), "utf8"));
  project.delete("main");
  project.set("runtime", "nodejs");
  await writeFile(path.join(STACK_DIR, "Pulumi.yaml"), String(project));
}

/**
 * Writes the stack's settings where they differ from those of the last run: every encryption makes
 * another text, and an unchanged stack must stay one. Secrets reach the CLI by standard input.
 */
async function writeSettings(
  settings: StackSettings,
  pulumi: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const stackFile = path.join(STACK_DIR, `Pulumi.${STACK}.yaml`);
  const sumFile = path.join(STACK_DIR, "settings.sha256");
  const sum = createHash("sha256").update(JSON.stringify(settings)).digest("hex");
  if ((await readFile(sumFile, "utf8").catch(() => "")) === sum) return;
  const salt = /^encryptionsalt:.*$/m.exec(await readFile(stackFile, "utf8").catch(() => ""));
  await writeFile(stackFile, (salt ? `${salt[0]}\n` : "") + settings.file, { mode: 0o600 });
  for (const [setting, value] of Object.entries(settings.secrets)) {
    const args = ["config", "set", "--secret", "--path", `${PROJECT}:${setting}`, "--stack", STACK];
    await run(pulumi, [...args, "--non-interactive"], { cwd: STACK_DIR, env, input: value });
  }
  await writeFile(sumFile, sum, { mode: 0o600 });
}

/** The stack, ready for preview, up and destroy with these settings. */
export async function labStack(settings: StackSettings, report: Report): Promise<LabStack> {
  const pulumi = await ensurePulumi(report);
  const pulumiHome = path.join(LAB_DIR, "pulumi");
  for (const folder of [STACK_DIR, pulumiHome, STATE_DIR]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const plugins = await ensurePlugins({ pulumi, pulumiHome, cacheDir: CACHE_DIR, report });
  const environment: Record<string, string> = {
    // The CLI first, which `openStack` counts on; the Node that runs this for commands on this machine.
    PATH: [path.dirname(pulumi), plugins.path, path.dirname(process.execPath), process.env["PATH"]]
      .filter(Boolean)
      .join(":"),
    PULUMI_HOME: pulumiHome,
    PULUMI_BACKEND_URL: `file://${STATE_DIR}`,
    PULUMI_CONFIG_PASSPHRASE: await passphrase(),
    // Where commands on this machine find the project: the CLI runs in the stack's own folder.
    HARBOR_HA_HOME: PROJECT_DIR,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
  await writeProject();
  await removeDeadLocks(report);
  const stack = await openStack(STACK, environment);
  await writeSettings(settings, pulumi, environment);
  return { stack, environment };
}

/** The least program, by which a preview is measured; all other stacks are deployments. */
export const EMPTY_STACK = "bench-empty";

/** The CLI whose previews print one JSON document, for which the Automation API has no option. */
function withJsonPreviews(cli: PulumiCommand): PulumiCommand {
  type Run = (args: string[], ...rest: unknown[]) => Promise<unknown>;
  const { run } = cli as unknown as { run: Run };
  const withFlag: Run = (args, ...rest) =>
    run.call(cli, args[0] === "preview" ? [...args, "--json"] : args, ...rest);
  return Object.assign(Object.create(cli) as PulumiCommand, { run: withFlag });
}

export interface OpenOptions {
  /** Whether its previews print what `pulumi preview --json` prints. @default false */
  readonly jsonPreviews?: boolean;
  /** Where the program finds the files of other stacks. @default beside this one's */
  readonly siblings?: string;
}

/** A stack of the lab's project, with the environment that `labStack` made. */
export async function openStack(
  name: string,
  environment: Readonly<Record<string, string>>,
  { jsonPreviews = false, siblings = STACK_DIR }: OpenOptions = {},
): Promise<Stack> {
  const cli = await PulumiCommand.get({
    root: path.dirname(environment["PATH"]!.split(":")[0]!),
  });
  // Loaded when they run, not before: most of the lab's verbs need no program.
  const file = name === EMPTY_STACK ? "./bench/empty-program" : "../index";
  const program = () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require(file) as (folder: string) => Promise<Record<string, unknown>>)(siblings);
  };
  return LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: PROJECT, program },
    {
      workDir: STACK_DIR,
      pulumiHome: environment["PULUMI_HOME"],
      envVars: { ...environment },
      pulumiCommand: jsonPreviews ? withJsonPreviews(cli) : cli,
    },
  );
}
