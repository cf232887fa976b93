import { missingLine } from "../documentation/printed";

/* How what a page says is printed is held against what was printed. */

const OUTPUT = `[   3.2] deploying Harbor 1.1.2 over HTTP, online
proved  DNS round robin: hub.lab.example.com has 198.51.100.11, 198.51.100.12
proved  push and pull: library/harbor-ha-proof:prove-0123456789ab went in through hub1 and came out of hub2
\u001b[32mproved\u001b[0m  certificate: hub.lab.example.com, expires 2027-01-02; verified
2 proved, 0 failed
keypair: 3 nodes switched together; 4.2 s without service
`;

test("all lines are there, in their order; what stands between them does not count", () => {
  const page = `proved  DNS round robin: hub.lab.example.com has 198.51.100.11, 198.51.100.12
2 proved, 0 failed`;
  expect(missingLine(page, OUTPUT)).toBeUndefined();
});

test("what differs from run to run may differ", () => {
  const page = `[ 110.9] deploying Harbor 1.1.2 over HTTP, online
proved  push and pull: library/harbor-ha-proof:prove-ffffffffffff went in through hub1 and came out of hub2
proved  certificate: hub.lab.example.com, expires 2031-12-30; verified
keypair: 3 nodes switched together; 7 s without service`;
  expect(missingLine(page, OUTPUT)).toBeUndefined();
});

test("… stands for any text", () => {
  expect(missingLine("proved  DNS round robin: … has …\n…", OUTPUT)).toBeUndefined();
});

test.each([
  ["another number", "3 proved, 0 failed"],
  ["another node", "proved  push and pull: … and came out of hub3"],
  ["a line that is longer", "2 proved, 0 failed, 1 skipped"],
  ["part of a line", "2 proved"],
  ["a pattern's signs are no pattern", "2 proved. 0 failed"],
])("%s is missed", (_, line) => expect(missingLine(line, OUTPUT)).toBe(line));

test("another order is missed", () => {
  expect(missingLine("2 proved, 0 failed\nproved  DNS round robin: …", OUTPUT)).toBe(
    "proved  DNS round robin: …",
  );
});
