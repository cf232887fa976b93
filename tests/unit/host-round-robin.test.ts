import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secretLines, shell } from "./fixtures/shell";

const ADDRESS = "192.0.2.11";
const PEER = "192.0.2.12";

let folder: string;
const path = (name: string) => join(folder, name);

/** What the name server answers, and with which status dig ends. */
function answer(lines: readonly string[], status = 0): void {
  writeFileSync(
    path("dig"),
    `#!/bin/sh\nprintf '%s\\n' ${lines.map((l) => `'${l}'`).join(" ")}\nexit ${status}\n`,
    { mode: 0o755 },
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-round-robin-"));
  mkdirSync(path("run"));
  const note = 'cat >"${0%/*}/update"; cp "$2" "${0%/*}/key"; stat -c %a "$2" >"${0%/*}/mode"';
  writeFileSync(path("nsupdate"), `#!/bin/sh\n${note}\n`, { mode: 0o755 });
  writeFileSync(path("sleep"), '#!/bin/sh\necho "$1" >"${0%/*}/slept"\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const update = () => (existsSync(path("update")) ? readFileSync(path("update"), "utf8") : "");

function run(text: string) {
  return shell({
    parts: ["prelude", "round-robin"],
    text: `read_input\n${text}`,
    input: secretLines({ tsig: "Secret-tsig" }),
    environment: {
      PATH: `${folder}:${process.env["PATH"]}`,
      ADDRESS,
      DOMAIN: "hub.example.com",
      DNS_PROVIDER: "rfc2136",
      DNS_SERVER: "192.0.2.53",
      DNS_PORT: "53",
      DNS_ZONE: "example.com",
      DNS_TTL: "30",
      TSIG_NAME: "harbor",
      TSIG_ALGORITHM: "hmac-sha256",
    },
    paths: { "/run/harbor-ha": path("run/harbor-ha") },
  });
}

const WITHDRAWN = `server 192.0.2.53 53\nzone example.com.\nupdate delete hub.example.com. A ${ADDRESS}\nsend\n`;

test("a node's record is withdrawn, and its time to live waited for", async () => {
  answer([ADDRESS, PEER]);
  const { status, commandLines } = await run("withdraw_record keep-last");
  expect({ status, update: update() }).toEqual({ status: 0, update: WITHDRAWN });
  expect(readFileSync(path("slept"), "utf8")).toBe("31\n");
  expect(readFileSync(path("key"), "utf8")).toContain('secret "Secret-tsig"');
  expect(readFileSync(path("mode"), "utf8")).toBe("600\n");
  for (const line of commandLines) expect(line).not.toContain("Secret-tsig");
});

test.each([
  ["is not there", [PEER], ""],
  ["is the last one", [ADDRESS], ""],
  [
    "is the last one, beside what dig says of its way",
    [";; communications error: timed out", ADDRESS],
    "",
  ],
])("keep-last: a record that %s stays as it is", async (_, lines, expected) => {
  answer(lines);
  expect(await run("withdraw_record keep-last")).toMatchObject({ status: 0 });
  expect(update()).toBe(expected);
});

test("the last record goes with its node, without a wait", async () => {
  answer([ADDRESS]);
  expect(await run("withdraw_record")).toMatchObject({ status: 0 });
  expect([update(), existsSync(path("slept"))]).toEqual([WITHDRAWN, false]);
});

test("a server that does not answer is not taken for one without the record", async () => {
  answer([";; connection timed out; no servers could be reached"], 9);
  const { status, stdout, stderr } = await run("withdraw_record; echo stopped");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("192.0.2.53 does not say whether it has this node's record");
});

test("the key's file goes, and so does one that a killed run left", async () => {
  writeFileSync(path("run/harbor-ha.tsig"), "Secret-old", { mode: 0o644 });
  await run("update_record add");
  expect(readFileSync(path("key"), "utf8")).not.toContain("Secret-old");
  expect(readFileSync(path("mode"), "utf8")).toBe("600\n");
  expect(existsSync(path("run/harbor-ha.tsig"))).toBe(false);
});
