import { diffInputs } from "../../lab/plugins/protocol/diff";
import { Operations } from "../../lab/plugins/protocol/operations";
import type { ResourceLog } from "../../lab/plugins/protocol/provider";
import {
  containsUnknown,
  isSecret,
  reveal,
  sameValue,
  secret,
  UNKNOWN,
  type Properties,
} from "../../lab/plugins/protocol/values";
import { command } from "../../lab/plugins/command/plugin";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const asset = (path: string, hash: string) => ({
  [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17",
  path,
  hash,
});
const silent: ResourceLog = { status() {}, warn() {}, error() {} };
const URN = "urn:pulumi:dev::lab::command:remote:Command::probe";

describe("values", () => {
  test("secrets are revealed at any depth and marked only once", () => {
    const marked = secret({ list: ["a", secret("b")], deep: { c: secret("d") } });
    expect(reveal(marked)).toEqual({ list: ["a", "b"], deep: { c: "d" } });
    expect(secret(marked)).toBe(marked);
    expect(isSecret(marked)).toBe(true);
  });

  test("unknown values are found at any depth", () => {
    expect(containsUnknown(secret({ a: [UNKNOWN] }))).toBe(true);
    expect(containsUnknown({ a: ["b"] })).toBe(false);
  });

  test("assets are the same by content, not by path", () => {
    expect(sameValue(asset("/a", "1"), asset("/b", "1"))).toBe(true);
    expect(sameValue(asset("/a", "1"), asset("/a", "2"))).toBe(false);
  });
});

describe("differences", () => {
  test("are told by path, and replace where the resource says so", () => {
    const old = { connection: { host: "a" }, triggers: ["x"], create: "true", stdin: "s" };
    const now = { connection: { host: "b" }, triggers: ["y", "z"], create: "true", update: "u" };
    expect(Object.fromEntries(diffInputs(old, now, new Set(["triggers"])))).toEqual({
      "connection.host": { kind: "update", replace: false },
      "triggers[0]": { kind: "update", replace: true },
      "triggers[1]": { kind: "add", replace: true },
      stdin: { kind: "delete", replace: false },
      update: { kind: "add", replace: false },
    });
  });

  test("equal inputs have none; an unknown value always is one", () => {
    expect(diffInputs({ a: [1, { b: null }] }, { a: [1, { b: null }] }, "all").size).toBe(0);
    expect(diffInputs({ a: "1" }, { a: UNKNOWN }, "all").get("a")?.replace).toBe(true);
  });
});

describe("operations", () => {
  const operations = new Operations(command);
  const inputs: Properties = { connection: secret({ host: "node" }), stdin: secret("hidden") };

  test("checking fills in the connection's defaults and keeps it secret", () => {
    const { inputs: checked, failures } = operations.check(URN, {
      connection: { host: "node", proxy: { host: "bastion", port: 2222 } },
    });
    expect(failures).toEqual([]);
    expect(isSecret(checked["connection"])).toBe(true);
    const defaults = { user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    expect(reveal(checked["connection"]!)).toEqual({
      ...defaults,
      host: "node",
      port: 22,
      proxy: { ...defaults, host: "bastion", port: 2222 },
    });
  });

  test("checking accepts inputs that are not known yet", () => {
    const unknown = { connection: UNKNOWN, create: UNKNOWN, logging: UNKNOWN };
    expect(operations.check(URN, unknown).failures).toEqual([]);
  });

  test("checking tells what is missing or wrong", () => {
    const { failures } = operations.check(URN, { connection: {}, logging: "all" });
    expect(failures.map(({ property }) => property)).toEqual(["connection.host", "logging"]);
  });

  test("a preview contacts no host: outputs are unknown, inputs keep their marks", async () => {
    const { outputs } = await operations.create(URN, inputs, true, silent);
    expect(outputs["stdout"]).toBe(UNKNOWN);
    expect(outputs["stdin"]).toEqual(secret("hidden"));
    const updated = await operations.update(URN, { stdout: "old" }, inputs, true, silent);
    expect(updated["stdout"]).toBe(UNKNOWN);
  });

  test("a type that does not exist is an error which names it", async () => {
    const urn = "urn:pulumi:dev::lab::command:local:Nothing::probe";
    await expect(operations.create(urn, {}, false, silent)).rejects.toThrow(
      "no resource type command:local:Nothing",
    );
  });
});
