import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePlugins } from "../../lab/plugins/install";

let folder: string;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-plugins-install-"));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A CLI of which only the plugin command matters: it notes how it was called. */
function cli(body: string) {
  const file = join(folder, "pulumi");
  writeFileSync(file, `#!/bin/sh\necho "$@" >> '${folder}/calls'\n${body}\n`);
  chmodSync(file, 0o755);
  const pulumiHome = join(folder, "home");
  mkdirSync(join(pulumiHome, "plugins"), { recursive: true });
  const report = (line: string) => lines.push(line);
  return { pulumi: file, pulumiHome, cacheDir: join(folder, "cache"), report };
}

const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n").sort();

test("official plugins are used where they can be installed", async () => {
  const options = cli('mkdir "$PULUMI_HOME/plugins/resource-$4-v$5"');
  expect(await ensurePlugins(options)).toEqual({ path: undefined });
  expect(calls()).toHaveLength(3);
  expect(calls()[0]).toMatch(/^plugin install resource command \d+\.\d+\.\d+$/);
  expect(lines).toEqual([
    expect.stringMatching(/^Pulumi plugins: official command [\d.]+, random/),
  ]);
  await ensurePlugins(options);
  expect(calls()).toHaveLength(3);
});

test("the lab's own take the place of those that cannot, which is not tried again at once", async () => {
  const options = cli('[ "$4" = random ] && mkdir "$PULUMI_HOME/plugins/resource-$4-v$5"');
  const { path = "" } = await ensurePlugins(options);
  expect(lines[0]).toMatch(/official random [\d.]+; the lab's own command [\d.]+, tls [\d.]+$/);
  expect(existsSync(join(path, "pulumi-resource-random"))).toBe(false);
  expect(await ensurePlugins(options)).toEqual({ path });
  expect(calls()).toHaveLength(3);
  const failures = join(options.cacheDir, "plugins-not-available.json");
  writeFileSync(failures, readFileSync(failures, "utf8").replaceAll(/"20\d\d/g, '"2001'));
  await ensurePlugins(options);
  expect(calls()).toHaveLength(5);
  expect(execFileSync("ls", [path], { encoding: "utf8" }).split("\n").filter(Boolean)).toEqual([
    "plugin.js",
    "plugin.js.cache",
    "pulumi-resource-command",
    "pulumi-resource-tls",
    "start.js",
  ]);
});

test("an executable prints the port on which it serves", async () => {
  const { path = "" } = await ensurePlugins(cli("exit 1"));
  const plugin = spawn(join(path, "pulumi-resource-tls"), ["127.0.0.1:1"]);
  const port = await new Promise<string>((resolve) => {
    plugin.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
  });
  plugin.kill();
  expect(port).toMatch(/^\d+\n$/);
});
