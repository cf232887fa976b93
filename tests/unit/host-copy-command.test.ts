import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import * as pulumi from "@pulumi/pulumi";
import { InstallerArchive, uploadPath } from "../../components/installer-archive";
import { hostKey, sshServer, type SshServer, userKey } from "./fixtures/ssh-server";

/* The command of the resource, as the engine runs it on the machine of the program. */

const ROOT = resolve(__dirname, "../..");
const CONTENT = "archive";
const SUM = createHash("sha256").update(CONTENT).digest("hex");

let ssh: SshServer;
let folder: string;
beforeEach(async () => {
  ssh = await sshServer();
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-copy-"));
  mkdirSync(join(folder, "mount", ".harbor-ha", "upload"), { recursive: true });
  writeFileSync(join(folder, "harbor.tgz"), CONTENT);
});
afterEach(async () => {
  await ssh.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Inputs {
  create: string;
  stdin: { value: string };
}

/** The inputs of the only command that the component registers. */
async function inputs(): Promise<Inputs> {
  let found: Inputs | undefined;
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs: given }) => {
      if (type === "command:local:Command") {
        expect(name).toBe("hub1-installer");
        found = given as Inputs;
      }
      return { id: name, state: {} };
    },
    call: () => ({}),
  });
  const ssh1 = { user: "root", port: ssh.port, privateKey: userKey.private, dialAttempts: 0 };
  new InstallerArchive(
    {
      node: { name: "hub1", address: "127.0.0.1", hostKey: hostKey.public },
      ssh: ssh1,
      mountPoint: join(folder, "mount"),
      archive: { file: join(folder, "harbor.tgz"), sha256: SUM },
    },
    {},
  );
  await pulumi.runtime.disconnect();
  return found!;
}

test.each([
  ["in the project's folder", ROOT, {}],
  ["elsewhere, told where the project is", tmpdir(), { HARBOR_HA_HOME: ROOT }],
])("brings the archive to its name when it runs %s", async (_, cwd, environment) => {
  const { create, stdin } = await inputs();
  const child = spawn("/bin/sh", ["-c", create], { cwd, env: { ...process.env, ...environment } });
  child.stdin.end(stdin.value);
  expect(await text(child.stderr)).toMatch(/^hub1: copying/);
  expect(readFileSync(uploadPath(join(folder, "mount"), SUM), "utf8")).toBe(CONTENT);
});

test("is the same each time, and shows neither the key nor a path of this machine", async () => {
  const first = await inputs();
  expect(await inputs()).toEqual(first);
  expect(first.create).not.toContain(ROOT);
  expect(first.create).not.toContain(join(folder, "harbor.tgz"));
  expect(JSON.stringify({ ...first, stdin: undefined })).not.toContain("PRIVATE KEY");
  expect(Object.keys(first.stdin)).toContain("4dabf18193072939515e22adb298388d");
});
