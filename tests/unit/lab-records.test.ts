import { absences } from "../lab/records";

const ALL = ["hub1", "hub2", "hub3"];
const without = (...away: readonly string[]) => ALL.filter((node) => !away.includes(node));

test("a node is away from when its record is first missed until it is seen again", () => {
  const samples = [ALL, without("hub2"), without("hub2"), ALL, without("hub1"), ALL];
  expect(absences(samples.map((records, i) => ({ at: i * 200, records })))).toEqual([
    { node: "hub2", from: 200, to: 600 },
    { node: "hub1", from: 800, to: 1000 },
  ]);
});

test("two that are away at once, one of them to the end", () => {
  const samples = [ALL, without("hub1"), without("hub1", "hub3"), without("hub3")];
  expect(absences(samples.map((records, at) => ({ at, records })))).toEqual([
    { node: "hub1", from: 1, to: 3 },
    { node: "hub3", from: 2, to: 3 },
  ]);
});
