import { failure, problems, read, VALID, withSetting } from "./fixtures/settings";

const TWO = VALID;
const ALONE = withSetting(VALID, "nodes", [{ name: "hub1", address: "192.0.2.11" }]);
const FOUR = withSetting(
  VALID,
  "nodes",
  [1, 2, 3, 4].map((n) => ({ name: `hub${n}`, address: `192.0.2.1${n}` })),
);

test("one node at a time, and half a minute for what clients have begun", () => {
  expect(read(TWO).rollout).toEqual({ maxUnavailable: 1, drainTimeout: 30 });
});

test("each part can be set by itself", () => {
  expect(read(withSetting(FOUR, "rollout", { maxUnavailable: 3 })).rollout).toEqual({
    maxUnavailable: 3,
    drainTimeout: 30,
  });
  expect(read(withSetting(TWO, "rollout", { drainTimeout: 3600 })).rollout).toEqual({
    maxUnavailable: 1,
    drainTimeout: 3600,
  });
});

test("a change has to leave a node that serves", () => {
  expect(problems(withSetting(FOUR, "rollout.maxUnavailable", 4))).toEqual([
    {
      setting: "rollout.maxUnavailable",
      message: "is 4 of 4 nodes, which would leave none that serves; at most 3",
    },
  ]);
});

test("a node alone has none to leave", () => {
  expect(read(withSetting(ALONE, "rollout.maxUnavailable", 1)).rollout.maxUnavailable).toBe(1);
});

test.each([
  ["maxUnavailable", 0],
  ["maxUnavailable", 1.5],
  ["maxUnavailable", "one"],
  ["drainTimeout", 0],
  ["drainTimeout", 3601],
])("rollout.%s: %j is refused", (key, value) => {
  expect(failure(withSetting(FOUR, `rollout.${key}`, value)).message).toContain(`rollout.${key}`);
});

test("a misspelt key is refused", () => {
  expect(failure(withSetting(FOUR, "rollout.maxUnavailabel", 1)).message).toContain(
    "maxUnavailabel",
  );
});
