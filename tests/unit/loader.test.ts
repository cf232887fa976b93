import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-loader-"));
  copyFileSync(join(ROOT, "loader.js"), join(folder, "loader.js"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "greeting.ts"), 'export const greeting: string = "hello";\n');
  writeFileSync(
    join(folder, "main.ts"),
    'import { greeting } from "./greeting";\nconsole.log(greeting satisfies string);\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(): string {
  return execFileSync(process.execPath, ["--require", "./loader.js", "main.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
}

const kept = () => readdirSync(join(folder, ".cache", "transpiled"));

test("runs TypeScript and keeps what it transpiled", () => {
  expect(run()).toBe("hello\n");
  expect(kept()).toHaveLength(2);
  expect(run()).toBe("hello\n");
  expect(kept()).toHaveLength(2);
});

test("what was kept is not used for a changed file", () => {
  run();
  writeFileSync(join(folder, "greeting.ts"), 'export const greeting: string = "good day";\n');
  expect(run()).toBe("good day\n");
});

test("a kept file is what runs: no compiler is needed for an unchanged one", () => {
  run();
  for (const name of kept()) {
    const text = 'console.log("kept");';
    writeFileSync(join(folder, ".cache", "transpiled", name), text);
  }
  expect(run()).toBe("kept\n");
});

test("a cache that cannot be written is only slower", () => {
  writeFileSync(join(folder, ".cache"), "a file in the way");
  expect(run()).toBe("hello\n");
});

test("an error names the line of the TypeScript source", () => {
  writeFileSync(
    join(folder, "main.ts"),
    "interface Nothing {\n  a: string;\n}\nconst nothing = undefined as unknown as Nothing;\nconsole.log(nothing.a);\n",
  );
  const { stderr } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--require", "./loader.js", "main.ts"],
    { cwd: folder, encoding: "utf8" },
  );
  expect(stderr).toContain("main.ts:5");
});
