import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import type { Lab } from "../../lab/lab";
import { prepareStack } from "../../lab/deploy";
import { NO_CHANGES } from "../../lab/changes";
import { openStack } from "../../lab/stack";
import { DATABASE, NODE_NAMES, type NodeName } from "../../lab/topology";
import { FIRST_VARIANT } from "../../lab/variant";
import { proveStack } from "../../operate/prove/prove";
import { verifyStack } from "../../operate/verify/verify";
import { sql } from "./database";
import { deployedOver, lab, labSucceeds, machines, on, say, secretsIn, secretsOf } from "./driver";
import { containersOf } from "./containers";
import { hostFacts } from "./host-facts";
import { pushImage } from "./load/load";
import { startSteady, steadyLine } from "./load/steady";
import {
  FIRST_FLAGS,
  NEIGHBOUR,
  neighbourStack,
  newStack,
  nodeFlags,
  OWN_FLAGS,
  ownServices,
  type OwnSecrets,
  removeFile,
  writtenFile,
} from "./neighbour";

/*
 * One story of two environments on the same services: the first has two of the three hosts, and the
 * other one is made with new-stack for the third host, with a name, a directory and a database of its own.
 */

const FIRST_NODES: readonly NodeName[] = ["hub1", "hub2"];
const FIRST = ["--nodes", FIRST_NODES.join()];

let described: Lab;
let own: OwnSecrets;
let third: Stack;

beforeAll(async () => {
  described = await machines();
  await labSucceeds("deploy", ...FIRST);
  own = await ownServices();
});

afterAll(async () => {
  await removeFile();
  await labSucceeds("down", "--volumes");
});

/** The lab as the first environment has it. */
const firstLab = (): Lab => ({
  ...described,
  nodes: described.nodes.filter(({ name }) => FIRST_NODES.includes(name)),
});

/** The addresses that a name has, as the client sees them. */
async function addressesOf(name: string): Promise<string[]> {
  const text = await on("client", `getent ahostsv4 ${name} | awk '{print $1}' | sort -u || true`);
  return text.split("\n").filter(Boolean);
}

/**
 * A client of the first environment that reads every 100 ms. Asking for the password writes the lab's stack
 * file with all nodes; what comes next writes it as it is meant.
 */
async function steadyClient() {
  const deployment = await deployedOver(firstLab());
  const steady = startSteady(deployment, await pushImage(deployment, "steady"));
  return {
    /** Ends it; nothing that it asked for may have failed. */
    async noticedNothing() {
      const seen = await steady.stop();
      say(steadyLine(seen));
      expect(seen.requests).toBeGreaterThan(20);
      expect(seen.failures).toEqual([]);
    },
  };
}

/** What the lines are that a step prints. */
async function linesOf(step: (print: (line: string) => void) => Promise<boolean>) {
  const lines: string[] = [];
  const good = await step((line) => lines.push(line));
  return { good, lines };
}

const prove = () => linesOf((print) => proveStack(third, { print, resolve: addressesOf }));

test("what the first one has, the other one cannot: one error, and no file", async () => {
  const { code, text } = await newStack(...FIRST_FLAGS, ...nodeFlags(described, "hub1"));
  expect(code).toBe(1);
  // Each in a line of its own, with the flag or the setting to change, and who has it.
  for (const setting of ["hostname", "nodes[0].address", "database.name", "redis.database"]) {
    const said = text.slice(text.indexOf(setting)).split("\n").slice(0, 2).join(" ");
    expect({ setting, said }).toEqual({
      setting,
      said: expect.stringMatching(/which stack lab has already, in Pulumi\.lab\.yaml/),
    });
  }
  expect(text).toMatch(
    /this stack and stack lab \(Pulumi\.lab\.yaml\) would both keep their files/,
  );
  expect(text).toMatch(/198\.51\.100\.11.*a host carries one registry/);
  expect(await writtenFile()).toBeUndefined();
});

test("new-stack writes the file of a third environment, and says why each choice is there", async () => {
  const { code, text } = await newStack(...OWN_FLAGS, ...nodeFlags(described, "hub3"));
  expect({ code, text }).toEqual({ code: 0, text: expect.any(String) });
  expect(text).toContain(`pulumi stack init ${NEIGHBOUR.stack}`);
  expect(text).toMatch(/pulumi config set .*--secret --path 'harbor-ha:database\.password'/);
  const file = (await writtenFile())!;
  const settings = file.split("\n").filter((line) => /^ {2}harbor-ha:/.test(line));
  const explained = file.match(/^ {2}#.*\n {2}harbor-ha:/gm) ?? [];
  expect(settings.length).toBeGreaterThan(8);
  expect(explained).toHaveLength(settings.length);
});

test("it deploys beside the first, which does not notice", async () => {
  const before = await Promise.all(FIRST_NODES.map(containersOf));
  const records = await addressesOf(described.dns.zone);
  expect(records).toEqual(["198.51.100.11", "198.51.100.12"]);
  const client = await steadyClient();
  third = await neighbourStack(firstLab(), own);
  const began = Date.now();
  const { summary } = await third.up({ color: "never", suppressProgress: true });
  say(`the third environment: deployed in ${String(Math.round((Date.now() - began) / 1000))} s`);
  await client.noticedNothing();
  expect(summary.result).toBe("succeeded");
  expect(await Promise.all(FIRST_NODES.map(containersOf))).toEqual(before);
  expect(await addressesOf(described.dns.zone)).toEqual(records);
  expect(await addressesOf(NEIGHBOUR.hostname)).toEqual(["198.51.100.13"]);
});

test("both are proved, and what runs is what was declared", async () => {
  const proved = await prove();
  expect(proved.lines.join("\n")).toMatch(/^\d+ proved, 0 failed$/m);
  expect(proved.lines.join("\n")).toMatch(/^proved {2}push and pull: .*; it is deleted again$/m);
  expect(proved.good).toBe(true);
  expect(await labSucceeds("prove", ...FIRST)).toMatch(/^\d+ proved, 0 failed$/m);
  const looked = await linesOf((print) => verifyStack(third, { print }));
  expect(looked.lines.join("\n")).toMatch(/^all \d+ checks agree$/m);
  expect(await labSucceeds("verify", ...FIRST)).toMatch(/^all \d+ checks agree$/m);
});

test("each has its own tables and its own sessions", async () => {
  for (const database of [DATABASE.name, NEIGHBOUR.database])
    expect(await sql(`SELECT COUNT(*) FROM ${database}.alembic_version`)).toBe("1");
  const index = (node: NodeName) =>
    on(node, "sed -n 's/^_REDIS_URL=.*,//p' /opt/harbor/current/common/config/ui/env");
  expect([await index("hub1"), await index("hub3")]).toEqual(["0", "1"]);
});

test("neither has anything to change", async () => {
  const { changeSummary } = await third.preview();
  expect(Object.keys(changeSummary)).toEqual(["same"]);
  const text = await labSucceeds("preview", ...FIRST);
  expect(text).toMatch(/^ {4}\d+ unchanged$/m);
  expect(text).not.toMatch(/^ {4}[-+~] \d+ to /m);
});

test("a project that does not see the other stack's file is refused by the host", async () => {
  const empty = await mkdtemp(path.join(tmpdir(), "harbor-ha-"));
  const facts = () => Promise.all(NODE_NAMES.map(hostFacts));
  const running = () => Promise.all(NODE_NAMES.map(containersOf));
  const before = [await facts(), await running()];
  const secrets = await secretsOf(firstLab());
  try {
    // The first environment asks for the third one's host; its program sees no file of another stack.
    const { environment } = await prepareStack(
      described,
      FIRST_VARIANT,
      NO_CHANGES,
      () => undefined,
    );
    const first = await openStack("lab", environment, { siblings: empty });
    const said = await first.up({ color: "never" }).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(said).toMatch(/hub3: PROBLEM .*harbor-ha\/third/);
    expect(secretsIn(said, secrets)).toEqual([]);
  } finally {
    await rm(empty, { recursive: true });
  }
  expect([await facts(), await running()]).toEqual(before);
  expect((await prove()).good).toBe(true);
  // Its own settings bring the first environment back to where it was.
  await labSucceeds("deploy", ...FIRST);
});

test("destroyed, it leaves the first one as it was", async () => {
  const client = await steadyClient();
  await third.destroy({ color: "never", suppressProgress: true });
  await client.noticedNothing();
  expect(await addressesOf(NEIGHBOUR.hostname)).toEqual([]);
  expect((await lab("prove", ...FIRST)).text).toMatch(/^\d+ proved, 0 failed$/m);
});
