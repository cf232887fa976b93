import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { functionsOf, shell } from "./fixtures/shell";

const FUNCTIONS = functionsOf("preflight");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-port-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the check says on a host that has, or lacks, containers of the compose project. */
async function checkPort(containers: boolean): Promise<string> {
  const list = 'case $* in *-aq*) echo id ;; *) echo "0.0.0.0:8070->80/tcp" ;; esac';
  const { stderr } = await shell({
    parts: ["prelude"],
    text: `${FUNCTIONS}\ndocker() { ${containers ? list : ":"}; }\nanswers() { false; }\ncheck_port`,
    environment: { PORT: "8070", PROJECT: "harbor", ADDRESS: "192.0.2.1", INSTALL_DIR: folder },
  });
  return stderr;
}

test("a host without Harbor has the port", async () => {
  expect(await checkPort(false)).toBe("hub1: ok       port: 8070 is free\n");
});

test("a node that runs Harbor uses it itself", async () => {
  mkdirSync(join(folder, "releases"));
  writeFileSync(join(folder, "current"), "");
  expect(await checkPort(true)).toBe("hub1: ok       port: 8070 is Harbor's own\n");
});

test("a Harbor that somebody else installed is not taken for ours", async () => {
  expect(await checkPort(true)).toMatch(
    /^hub1: PROBLEM {2}port: a Harbor that this program did not deploy has containers on this host; /,
  );
});
