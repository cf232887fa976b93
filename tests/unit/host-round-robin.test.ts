import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DNS_ENVIRONMENT, digAnswer } from "./fixtures/dig-answer";
import { secretLines, shell } from "./fixtures/shell";

const ADDRESS = "192.0.2.11";
const PEER = "192.0.2.12";

let folder: string;
const path = (name: string) => join(folder, name);

function program(name: string, text: string): void {
  writeFileSync(path(name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
}

/** What the name server answers, in turn and then as the last one, and with which status it and dig end. */
function answer(answers: readonly (readonly string[])[], status = 0, server = "NOERROR"): void {
  answers.forEach((lines, at) => writeFileSync(path(`answer-${at}`), `${lines.join("\n")}\n`));
  program(
    "dig",
    `here=\${0%/*}; count=$(cat "$here/count" 2>/dev/null || echo 0); echo $((count + 1)) >"$here/count"
${digAnswer(`cat "$here/answer-$((count < ${answers.length - 1} ? count : ${answers.length - 1}))"`, server)}; exit ${status}`,
  );
}

/** What nsupdate says and its status, in turn; nothing and 0 afterwards. */
function refuse(...texts: readonly string[]): void {
  texts.forEach((text, at) => writeFileSync(path(`refusal-${at}`), text));
  program(
    "nsupdate",
    `here=\${0%/*}; cat >"$here/update"; mv "$here/update" "$here/update-\${count:=$(find "$here" -name 'update-*' | wc -l)}"
[[ ! -e $here/refusal-$count ]] || { cat "$here/refusal-$count" >&2; exit 2; }`,
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-round-robin-"));
  mkdirSync(path("opt"));
  refuse();
  program("sleep", 'echo "$1" >"${0%/*}/slept"');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : "");

function run(text: string, environment: Readonly<Record<string, string>> = {}) {
  return shell({
    parts: ["prelude", "round-robin"],
    text: `read_input\n${text}`,
    input: secretLines({ tsig: "Secret-tsig" }),
    environment: {
      PATH: `${folder}:${process.env["PATH"]}`,
      INSTALL_DIR: path("opt"),
      ADDRESS,
      ...DNS_ENVIRONMENT,
      ...environment,
    },
    paths: { "/run/harbor-ha-withdrawn": path("withdrawn") },
  });
}

const update = (...lines: readonly string[]) =>
  [
    "key hmac-sha256:harbor Secret-tsig",
    "server 192.0.2.53 53",
    "zone example.com.",
    ...lines,
    "send\n",
  ].join("\n");
const asRead = (...addresses: readonly string[]) =>
  addresses.map((address) => `prereq yxrrset hub.example.com. A ${address}`);
const DELETE = `update delete hub.example.com. A ${ADDRESS}`;

test("a node's record is withdrawn if the name has the others that were read, and its time to live waited for", async () => {
  answer([[ADDRESS, PEER]]);
  const { status, stderr, commandLines } = await run("withdraw_record keep-last");
  expect({ status, stderr, update: read("update-0") }).toEqual({
    status: 0,
    stderr: expect.stringMatching(
      /^hub1: record hub\.example\.com A 192\.0\.2\.11 is withdrawn\nhub1: waiting 3[01] s: as long as clients may have the record \(dns\.ttl\)\n$/,
    ),
    update: update(...asRead(ADDRESS, PEER), DELETE),
  });
  // The clock may have gone on to the next second.
  expect(read("slept")).toMatch(/^3[01]\n$/);
  expect(existsSync(path("withdrawn"))).toBe(false);
  for (const line of commandLines) expect(line).not.toContain("Secret-tsig");
});

test("a run that was ended while it waited leaves the rest to the next one, and nothing to later ones", async () => {
  answer([[ADDRESS, PEER], [PEER]]);
  program("sleep", 'echo "$1" >"${0%/*}/slept"; kill "$PPID"');
  await run("withdraw_record keep-last");
  expect(existsSync(path("withdrawn"))).toBe(true);
  rmSync(path("slept"));
  program("sleep", 'echo "$1" >"${0%/*}/slept"');
  await run("withdraw_record keep-last");
  expect(read("slept")).toMatch(/^\d+\n$/);
  rmSync(path("slept"));
  await run("withdraw_record keep-last");
  expect(existsSync(path("slept"))).toBe(false);
});

test.each([
  ["long ago is not waited for", -3600, ""],
  ["in what is the future now is waited for once", 3600, "31\n"],
])("a record withdrawn %s", async (_, offset, slept) => {
  answer([[PEER]]);
  writeFileSync(path("withdrawn"), `${Math.floor(Date.now() / 1000) + offset}\n`);
  expect(await run("withdraw_record")).toMatchObject({ status: 0 });
  expect([read("slept"), existsSync(path("withdrawn"))]).toEqual([slept, false]);
});

test("another one that is withdrawn at the same moment is not met twice by the same decision", async () => {
  answer([[ADDRESS, PEER], [ADDRESS]]);
  refuse("update failed: NXRRSET");
  expect(await run("withdraw_record keep-last")).toMatchObject({ status: 0, stderr: "" });
  expect([read("update-0"), read("update-1")]).toEqual([
    update(...asRead(ADDRESS, PEER), DELETE),
    "",
  ]);
});

test("a name that changed is read again, and the record withdrawn from what it has then", async () => {
  answer([
    [ADDRESS, PEER],
    [ADDRESS, "192.0.2.13"],
  ]);
  refuse("update failed: NXRRSET");
  expect(await run("withdraw_record keep-last")).toMatchObject({ status: 0 });
  expect(read("update-1")).toBe(update(...asRead(ADDRESS, "192.0.2.13"), DELETE));
});

test("every other refusal ends the step, and says what the server said but no secret", async () => {
  answer([[ADDRESS, PEER]]);
  refuse("could not create key from Secret-tsig: bad base64 encoding");
  const { status, stderr } = await run("withdraw_record keep-last");
  expect(status).toBe(1);
  expect(stderr).toBe(
    "hub1: the record is not withdrawn, so the node stays as it is (dns.server, dns.port, dns.zone, dns.tsig): could not create key from [tsig]: bad base64 encoding\n",
  );
  expect(read("update-1")).toBe("");
});

test.each([
  ["is not there", [PEER]],
  ["is the last one", [ADDRESS]],
  [
    "is the last one, beside what dig says of its way",
    [";; communications error: timed out", ADDRESS],
  ],
])("keep-last: a record that %s stays as it is", async (_, lines) => {
  answer([lines]);
  expect(await run("withdraw_record keep-last")).toMatchObject({ status: 0, stderr: "" });
  expect(read("update-0")).toBe("");
});

test("the last record goes with its node, without a wait", async () => {
  answer([[ADDRESS]]);
  expect(await run("withdraw_record")).toMatchObject({ status: 0 });
  expect([read("update-0"), existsSync(path("slept"))]).toEqual([update(DELETE), false]);
});

test("a server that does not answer is not taken for one without the record", async () => {
  answer([[";; connection timed out; no servers could be reached"]], 9);
  const { status, stdout, stderr } = await run("withdraw_record; echo stopped");
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("192.0.2.53 does not say which records hub.example.com has");
});

test.each(["SERVFAIL", "REFUSED"])(
  "a server that answers %s is not taken for one without the record",
  async (server) => {
    answer([[]], 0, server);
    expect(await run("withdraw_record; echo stopped")).toMatchObject({ status: 1, stdout: "" });
  },
);

test("a name that is not there has no record", async () => {
  answer([[]], 0, "NXDOMAIN");
  expect(await run("withdraw_record; record_addresses")).toMatchObject({ status: 0, stdout: "" });
});

test("a record under an earlier name is withdrawn once the new one is there", async () => {
  answer([[ADDRESS]]);
  writeFileSync(path("opt/record"), `192.0.2.54 5353 old.example old.example 192.0.2.10\n`);
  const { status } = await run("publish_record");
  expect([status, read("update-0")]).toEqual([
    0,
    update(`update add hub.example.com. 30 A ${ADDRESS}`),
  ]);
  expect(read("update-1").split("\n").slice(1, 4)).toEqual([
    "server 192.0.2.54 5353",
    "zone old.example.",
    "update delete old.example. A 192.0.2.10",
  ]);
  expect(read("opt/record")).toBe(`192.0.2.53 53 example.com hub.example.com ${ADDRESS}\n`);
});

test("whoever keeps the records by hand from now on is told of the one that was published, once", async () => {
  writeFileSync(path("opt/record"), `192.0.2.53 53 example.com hub.example.com ${ADDRESS}\n`);
  const { stderr } = await run("publish_record; publish_record", { DNS_PROVIDER: "manual" });
  expect(stderr.split("\n")).toEqual([
    `hub1: record wanted: hub.example.com. 30 IN A ${ADDRESS}`,
    `hub1: the record that was published before is for you to keep or to take away: hub.example.com A ${ADDRESS}, on 192.0.2.53`,
    `hub1: record wanted: hub.example.com. 30 IN A ${ADDRESS}`,
    "",
  ]);
});
