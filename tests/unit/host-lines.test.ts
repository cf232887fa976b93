import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STEPS, partsOf } from "../../host/script";
import { type Run, shell } from "./fixtures/shell";

/*
 * Every line that a step says begins with the node's name, whichever program says it, and what takes
 * long shows signs of life.
 */

let folder: string;
const path = (name: string) => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-lines-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string): void {
  writeFileSync(path(name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
}

/** Runs a text after parts, with a sign of life each second. */
const run = (
  parts: readonly string[],
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> =>
  shell({
    parts,
    text,
    environment: { PATH: `${folder}:${process.env["PATH"]!}`, SIGN_OF_LIFE: "1", ...environment },
    paths: { "/run/harbor-ha-withdrawn": path("withdrawn") },
  });

test.each(STEPS)("%s begins with what leads every line with the node's name", (step) => {
  expect(partsOf(step)[0]).toBe("prelude");
});

describe("a line that a program says", () => {
  test("gets the node's name, and one that has it is left as it is", async () => {
    const { stdout, stderr } = await run(
      ["prelude"],
      `say one
      ls /no-such-folder || true
      printf 'two\\nhub1:   three\\nwithout an end' >&2
      echo kept`,
    );
    expect(stderr.split("\n")).toEqual([
      "hub1: one",
      expect.stringMatching(/^hub1: {3}ls: .*no-such-folder/),
      "hub1:   two",
      "hub1:   three",
      "hub1:   without an end",
    ]);
    // What is read by programs stays as it is.
    expect(stdout).toBe("kept\n");
  });

  test("gets it from a shell that ends by a failure, in the right order", async () => {
    const { status, stderr } = await run(
      ["prelude"],
      "ls /no-such-folder || fail 'the lines above'",
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^hub1: {3}ls: .*\nhub1: the lines above\n$/);
  });

  test("is the journal's own matter in the health timer's program", async () => {
    const { stderr } = await run(["prelude"], "echo two >&2", { STEP: "" });
    expect(stderr).toBe("two\n");
  });
});

describe("what takes long", () => {
  test("is told of while it lasts, with how long it may last, and its status counts", async () => {
    const { status, stderr } = await run(
      ["prelude"],
      `work() { sleep 1.3; return 3; }
      ended=0
      meanwhile "doing this" 40 work || ended=$?
      meanwhile "doing that" "" sleep 0.8
      meanwhile "doing what is soon done" "" true
      sleep 0.8
      exit "$ended"`,
      { SIGN_OF_LIFE: "0.5" },
    );
    expect(status).toBe(3);
    expect(stderr).toMatch(
      /^(hub1: doing this \(\d s of 40 s\)\n){2}hub1: doing that \(\d s so far\)\n$/,
    );
  });

  test("may change the shell's variables, and end it", async () => {
    const { status, stdout, stderr } = await run(
      ["prelude"],
      `set_it() { found=yes; }
      meanwhile "looking" "" set_it
      echo "$found"
      meanwhile "trying" "" fail "it does not work; run again"`,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "yes\n" });
    expect(stderr).toBe("hub1: it does not work; run again\n");
  });

  test("is told of within another, and nobody tells after the shell was killed", async () => {
    const { stderr } = await run(
      ["prelude"],
      `inner() { meanwhile "inside" "" sleep 0.7; kill -9 $$; }
      meanwhile "outside" "" inner`,
      { SIGN_OF_LIFE: "0.5" },
    );
    const lines = stderr.split("\n").slice(0, -1);
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^hub1: inside \(\d s so far\)$/),
      expect.stringMatching(/^hub1: outside \(\d s so far\)$/),
    ]);
  });

  test("gives nothing of it to a daemon that stays: the output ends with the shell", async () => {
    const began = Date.now();
    await run(["prelude"], 'meanwhile "starting" "" bash -c "sleep 20 >/dev/null 2>&1 &"');
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});

test("the gate says why it waits and how long it has, if that lasts", async () => {
  const gate = (text: string) =>
    run(["prelude", "gate"], `${text}\nwait_for_gate`, { HEALTH_TIMEOUT: "5", LOG_DIR: folder });
  const { stderr } = await gate(
    'check_node() { [[ $SECONDS -ge 3 ]] || { echo "search: /api/search answers 500"; return 1; }; }',
  );
  expect(stderr).toMatch(
    /^(hub1: waiting for the health gate \([123] s of 5 s\): search: \/api\/search answers 500\n){2,3}hub1: the health gate has passed\n$/,
  );
  expect((await gate("check_node() { :; }")).stderr).toBe("hub1: the health gate has passed\n");
});

test("who waits until clients have no record any more says so, and for how long", async () => {
  const { stderr } = await run(
    ["prelude", "round-robin"],
    "printf '%(%s)T\\n' -1 >/run/harbor-ha-withdrawn; wait_for_clients",
    { DNS_TTL: "2" },
  );
  expect(stderr).toMatch(
    /^hub1: waiting [23] s: as long as clients may have the record \(dns\.ttl\)\n(hub1: clients may still have the record \(\d s of [23] s\)\n)+$/,
  );
});

test.each([
  [0, ""],
  [
    1,
    "hub1:   Stopping\nhub1:   Removing\nhub1: harbor.sh down failed, its last lines are above; correct that and run again\n",
  ],
])("what docker-compose says is shown where harbor.sh ends with %i", async (code, shown) => {
  mkdirSync(path("bin"));
  program("bin/harbor.sh", `echo Stopping >&2; echo Removing; exit ${code}`);
  const ran = await run(["prelude", "run-harbor"], "harbor down", { INSTALL_DIR: folder });
  expect(ran).toMatchObject({ status: code, stdout: "", stderr: shown });
});
