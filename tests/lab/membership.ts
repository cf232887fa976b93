import type { Deployment } from "../../lab/proof/check";
import { waitFor } from "../../lab/shell";
import { NODE_NAMES } from "../../lab/topology";
import { containersOf } from "./containers";
import { lab, labSucceeds, on, say } from "./driver";
import { engineLocks } from "./engine-locks";
import { powerOff } from "./power";
import { absences, recordsOf, watchRecords } from "./records";

const PROVED = "6 proved, 0 failed";

/** Nodes leave the cluster and join it; the others notice nothing. */
export function membershipCases(deployment: () => Deployment): void {
  const others = () => Promise.all([containersOf("hub1"), containersOf("hub2")]);

  test("a node is taken out: nothing of it is left, and the others' containers are the same", async () => {
    const before = await others();
    const watch = watchRecords(deployment().lab);
    const text = await labSucceeds("deploy", "--nodes", "hub1,hub2").finally(watch.stop);
    expect(text).toMatch(/\d+ deleted/);
    expect(await recordsOf(deployment().lab)).toEqual(["hub1", "hub2"]);
    expect(absences(await watch.stop()).map(({ node }) => node)).toEqual(["hub3"]);
    expect(await others()).toEqual(before);
    expect(await on("hub3", "docker ps -aq; ls -A /opt; grep -c cephfs /etc/fstab || true")).toBe(
      "0",
    );
    expect(await labSucceeds("prove", "--nodes", "hub1,hub2")).toContain(PROVED);
  });

  test("it is added again, and a second run meanwhile says who holds the lock", async () => {
    const before = await others();
    const first = lab("deploy");
    await waitFor("the engine's lock", async () => (await engineLocks()).length > 0, {
      timeout: 60,
    });
    const second = await lab("deploy");
    const { code, text } = await first;
    expect(second.code).not.toBe(0);
    expect(second.text).toMatch(/stack is currently locked by 1 lock/);
    expect(second.text).toMatch(/created by \S+@\S+ \(pid \d+\)/);
    expect(second.text).not.toMatch(/(creating|updating|deleting) \(/);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(await others()).toEqual(before);
    expect(await recordsOf(deployment().lab)).toEqual(NODE_NAMES);
    expect(await labSucceeds("prove")).toContain(PROVED);
  });

  test("a node that is gone for good is taken out: one line says so, its record goes", async () => {
    const staying = () => Promise.all([containersOf("hub1"), containersOf("hub3")]);
    const before = await staying();
    await powerOff("hub2");
    const text = await labSucceeds("deploy", "--nodes", "hub1,hub3");
    const lines = text.split("\n").filter((line) => /hub2: does not answer/.test(line));
    say(lines.join("\n  "));
    expect(new Set(lines.map((line) => line.replace(/^.*?hub2: /, ""))).size).toBe(1);
    expect(lines[0]).toMatch(/taken out without being cleaned/);
    expect(await recordsOf(deployment().lab)).toEqual(["hub1", "hub3"]);
    expect(await on("hub1", "ls /mnt/cephfs/.harbor-ha/nodes")).toBe("hub1\nhub3");
    expect(await staying()).toEqual(before);
    expect(await labSucceeds("prove", "--nodes", "hub1,hub3")).toContain(PROVED);
  });

  test("it comes back to life and is added again", async () => {
    await labSucceeds("deploy");
    expect(await recordsOf(deployment().lab)).toEqual(NODE_NAMES);
    expect(await labSucceeds("prove")).toContain(PROVED);
  });
}
