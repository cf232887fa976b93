import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./pages";

const execute = promisify(execFile);

/** A copy of what Git has or would take of the project, as a repository of its own; to be removed. */
export async function projectCopy(): Promise<{ folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "documentation-"));
  const { stdout } = await execute("git", ["ls-files", "-coz", "--exclude-standard"], {
    cwd: ROOT,
  });
  for (const name of stdout.split("\0")) {
    // A file that is deleted here is listed still.
    if (name === "" || !existsSync(join(ROOT, name))) continue;
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  const git = (...args: string[]) => execute("git", ["-C", folder, ...args]);
  await git("init", "-q");
  await git("add", "--all");
  await git("-c", "user.name=copy", "-c", "user.email=copy@example.com", "commit", "-qm", "copy");
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  await execute("sh", ["-c", "echo node_modules >>.git/info/exclude"], { cwd: folder });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a block's text by bash in a folder, with no terminal and no input. */
export async function runBlock(text: string, folder: string): Promise<Ran> {
  const environment = { ...process.env, NO_COLOR: "1" };
  try {
    const running = execute("bash", ["-euo", "pipefail", "-c", text], {
      cwd: folder,
      env: environment,
    });
    running.child.stdin?.end();
    const { stdout, stderr } = await running;
    return { code: 0, output: `${stdout}\n${stderr}` };
  } catch (error) {
    const {
      code = -1,
      stdout,
      stderr,
    } = error as { code?: number; stdout: string; stderr: string };
    return { code, output: `${stdout}\n${stderr}` };
  }
}
