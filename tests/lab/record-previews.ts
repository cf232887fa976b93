import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { prepareStack } from "../../lab/deploy";
import { up } from "../../lab/infrastructure";
import { timedReport } from "../../lab/report";
import { FIRST_VARIANT } from "../../lab/variant";
import { lab, labSucceeds } from "./driver";

/*
 * Records the previews that tests/unit/review-comment.test.ts reads, on a fresh lab (an earlier one goes
 * with its data): node --require ./loader.js tests/lab/record-previews.ts
 */

const FOLDER = path.resolve(__dirname, "../unit/fixtures/previews");

/** What no comment is made of: where in the program a resource stands, and what depends on what. */
const LEFT_OUT = [
  ...["sourcePosition", "stackTrace", "dependencies", "propertyDependencies", "provider"],
  ...["created", "modified", "duration", "timestamp"],
];

/** A part as it is recorded. Of what takes a step back the first line is read, which names its script. */
function kept(key: string, part: unknown): unknown {
  if (LEFT_OUT.includes(key)) return undefined;
  if (key !== "delete") return part;
  return typeof part === "string" ? part.split("\n", 1)[0] : undefined;
}

/** A recording as text: without what differs between two machines and what nobody reads. */
function recorded(value: unknown, space?: number): string {
  const text = JSON.stringify(value, kept, space);
  return `${text.replaceAll(homedir(), "/home/lab")}\n`;
}

async function record(name: string, ...args: string[]): Promise<void> {
  // A preview that fails is one of those that are wanted.
  const { stdout } = await lab("preview", "--json", ...args);
  await writeFile(path.join(FOLDER, `${name}.json`), recorded(JSON.parse(stdout), 1));
}

/** The same change as `one-setting`, as the engine's events. */
async function recordEvents(): Promise<void> {
  const report = timedReport();
  const changes = { values: { maxJobWorkers: 20 }, secrets: {} };
  const { stack } = await prepareStack(await up(report, false), FIRST_VARIANT, changes, report);
  const lines: string[] = [];
  await stack.preview({
    color: "never",
    suppressProgress: true,
    onEvent: (event) => {
      // What stays as it is, what came of it, and debugging are most of them.
      const { resourcePreEvent: step, resOutputsEvent: outcome, diagnosticEvent: said } = event;
      const stays = step?.metadata.op === "same" && step.metadata.type !== "pulumi:pulumi:Stack";
      if (!stays && !outcome && (said?.severity as string) !== "debug") lines.push(recorded(event));
    },
  });
  await writeFile(path.join(FOLDER, "one-setting.events.jsonl"), lines.join(""));
}

async function main(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "harbor-ha-"));
  const password = path.join(folder, "password");
  await writeFile(password, "another-password", { mode: 0o600 });
  try {
    await labSucceeds("down", "--volumes");
    await labSucceeds("up");
    await record("first-deployment");
    await labSucceeds("deploy", "--nodes", "hub1,hub2");
    await record("node-in");
    await labSucceeds("deploy");
    await record("nothing-changed");
    await record("one-setting", "--set", "maxJobWorkers=20");
    await recordEvents();
    await record("new-release", "--release", "1.1.3");
    await record("node-out", "--nodes", "hub1,hub2");
    await record("keypair-rotated", "--set", "tokenKeypair.rotation=2");
    await record("password-changed", "--set-secret", `database.password=@${password}`);
    await record("https", "--https");
    await record("failing", "--set", "port=99999", "--set", "dns.ttl=never");
  } finally {
    await rm(folder, { recursive: true });
  }
}

void main();
