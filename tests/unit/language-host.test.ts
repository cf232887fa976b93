import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { startEngine } from "./fixtures/engine";
import { writeInstaller } from "./fixtures/releases";
import { asEngine, VALID, withSetting } from "./fixtures/settings";

/*
 * The CLI's language host starts the program as Pulumi.yaml says: with its Node arguments, without
 * ts-node, by the runner of the SDK. This walks that path with the SDK's own runner.
 */

const ROOT = resolve(__dirname, "../..");

let folder: string;
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "harbor-ha-"));
  await writeInstaller(join(folder, "harbor.tgz"));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  engine = await startEngine();
});
afterEach(() => engine.stop());

interface Project {
  main: string;
  runtime: { name: string; options: { typescript: boolean; nodeargs: string } };
}

/** Runs the program in a preview; its exit code. */
async function runProgram(values: Readonly<Record<string, string>>): Promise<number | null> {
  const { main, runtime } = parse(await readFile(join(ROOT, "Pulumi.yaml"), "utf8")) as Project;
  expect(runtime).toMatchObject({ name: "nodejs", options: { typescript: false } });
  const configuration = Object.entries(values).map(([key, value]) => [`harbor-ha:${key}`, value]);
  const runner = dirname(require.resolve("@pulumi/pulumi/cmd/run/index.js"));
  const where = ["--monitor", engine.address, "--engine", engine.address, "--pwd", ROOT];
  where.push("--root-directory", folder);
  const what = [
    "--project",
    "harbor-ha",
    "--stack",
    "test",
    "--organization",
    "organization",
    "--parallel",
    "8",
    "--dry-run",
  ];
  const child = spawn(
    process.execPath,
    [...runtime.options.nodeargs.split(" "), runner, ...where, ...what, main],
    {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: "false",
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configuration)),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(configuration.map(([key]) => key)),
      },
    },
  );
  return new Promise((done) => child.on("close", done));
}

const settings = () => {
  const release = { version: "1.1.9", installer: join(folder, "harbor.tgz") };
  return withSetting(VALID, "release", release);
};

test("the program runs as the CLI's language host runs it", async () => {
  const code = await runProgram(asEngine(settings()));
  expect(engine.heard.errors).toEqual([]);
  expect(code).toBe(0);
  expect(engine.heard.resources).toContain("harbor-ha:index:HarborCluster harbor");
  for (const step of ["preflight", "mount", "stage", "start"]) {
    expect(engine.heard.resources).toContain(`command:remote:Command hub1-${step}`);
  }
});

test("wrong settings are one error without a stack trace", async () => {
  const code = await runProgram(asEngine(withSetting(settings(), "port", 99999)));
  expect(code).not.toBe(0);
  const errors = engine.heard.errors.join("\n");
  expect(errors).toContain("harbor-ha:port");
  expect(errors).not.toMatch(/^\s+at /m);
  expect(engine.heard.resources.filter((name) => name.startsWith("command:"))).toEqual([]);
});

test("the stacks' files are looked for where the language host says that the project is", async () => {
  const file = join(folder, "Pulumi.prod.yaml");
  await writeFile(file, "config:\n  harbor-ha:hostname: hub.example.com\n");
  const code = await runProgram(asEngine(settings()));
  await rm(file);
  expect(code).not.toBe(0);
  expect(engine.heard.errors.join("\n")).toContain(
    "which stack prod has already, in Pulumi.prod.yaml",
  );
});
