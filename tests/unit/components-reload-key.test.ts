import { build, inputOf, installer } from "./fixtures/cluster";
import { releaseFiles } from "./fixtures/releases";

/** The reload key that lands on a node, with a release that has one. */
async function reloadKey(maxJobWorkers: number): Promise<string> {
  const release = { ...installer(), version: "1.5.9", files: releaseFiles("late-release") };
  const { resources } = await build({
    installer: release,
    images: { source: "pull" },
    maxJobWorkers,
  });
  const stage = resources.find(({ name, type }) => name === "hub1-stage" && /Command/.test(type))!;
  const { files } = inputOf(stage);
  const environment = files.find(({ path }) => path === "common/config/adminserver/env")!;
  return /^RELOAD_KEY=(.*)$/m.exec(environment.content)![1]!;
}

test("a release that reads its settings anew with another key gets one when they change", async () => {
  const key = await reloadKey(3);
  expect(key).toMatch(/^[0-9a-f]{16}$/);
  expect(await reloadKey(3)).toBe(key);
  expect(await reloadKey(20)).not.toBe(key);
});
