import fc from "fast-check";
import {
  compareVersions,
  generation,
  isSupported,
  moveProblem,
  parseVersion,
  schemaVersion,
} from "../../harbor/versions";

test.each([
  ["1.5.4", { major: 1, minor: 5, patch: 4, prerelease: "" }],
  ["v1.10.19", { major: 1, minor: 10, patch: 19, prerelease: "" }],
  ["1.5.0-rc2", { major: 1, minor: 5, patch: 0, prerelease: "rc2" }],
])("reads %s", (text, version) => expect(parseVersion(text)).toEqual(version));

test.each(["", "1.5", "1.5.4.1", "latest", "1.5.x", " 1.5.4", "1.5.4-"])("refuses %j", (text) =>
  expect(() => parseVersion(text)).toThrow(/is not a Harbor version; allowed/),
);

test("orders by number, prereleases before their release", () => {
  const ordered = ["1.1.2", "1.2.0-rc2", "1.2.0-rc10", "1.2.0", "1.5.4", "1.10.1", "2.0.0"];
  const shuffled = [5, 2, 6, 0, 3, 1, 4].map((i) => ordered[i]!);
  expect(shuffled.sort(compareVersions)).toEqual(ordered);
  expect(compareVersions("v1.5.4", "1.5.4")).toBe(0);
});

test.each([
  ["1.1.0", "mysql"],
  ["1.5.4", "mysql"],
  ["1.6.0", "postgresql"],
  ["1.10.19", "postgresql"],
  ["2.13.5", "postgresql"],
])("%s keeps its records in %s", (version, name) => expect(generation(version)).toBe(name));

test.each([
  ["1.0.9", false],
  ["1.1.0", true],
  ["1.5.99", true],
  ["1.6.0-rc1", false],
  ["1.6.0", false],
  ["2.0.0", false],
])("%s supported: %s", (version, supported) => expect(isSupported(version)).toBe(supported));

test.each([
  ["1.1.0", "0.4.0"],
  ["v1.1.2", "0.4.0"],
  ["1.2.2", "1.2.0"],
  ["1.3.0-rc1", "1.3.0"],
  ["1.4.0", "1.4.0"],
  ["1.5.4", "1.5.0"],
])("the schema of %s is %s", (version, schema) => expect(schemaVersion(version)).toBe(schema));

test.each(["1.0.0", "1.6.0", "2.0.0"])("the schema of %s is not known", (version) =>
  expect(() => schemaVersion(version)).toThrow(/no schema of Harbor .* is known/),
);

test.each([
  ["1.1.2", "1.1.2"],
  ["v1.1.2", "1.1.2"],
  ["1.5.0", "1.5.4"],
  ["1.5.0-rc1", "1.5.0"],
  ["1.1.2", "1.2.0"],
  ["1.4.0", "1.5.4"],
])("%s may be followed by %s", (from, to) => expect(moveProblem(from, to)).toBeUndefined());

test.each([
  ["1.5.3", "1.5.2"],
  ["1.5.0", "1.4.0"],
  ["1.5.0", "1.5.0-rc2"],
  ["1.5.0-rc10", "1.5.0-rc9"],
])("%s may not be followed by %s: there is no downgrade", (from, to) => {
  const problem = moveProblem(from, to);
  expect(problem).toContain(
    `is ${to}, older than ${from}, which is deployed: Harbor has no downgrade`,
  );
  expect(problem).toMatch(/dump made before .*\.harbor-ha\/backup .* a new database/);
});

test.each([
  ["1.2.2", "1.4.0", "1.3.x"],
  ["1.3.0", "1.5.4", "1.4.x"],
  ["1.1.2", "1.5.4", "1.2.x, then 1.3.x, then 1.4.x"],
])("%s may not be followed by %s: %s comes first", (from, to, steps) => {
  expect(moveProblem(from, to)).toMatch(
    new RegExp(
      `^is ${to}, but ${from} is deployed: .*; deploy ${steps.replaceAll(".", "\\.")} first$`,
    ),
  );
});

test("a release is followed by one of the same schema or the next that is not older, and no other", () => {
  const version = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 20 }))
    .map(([minor, patch]) => ({ minor, text: `1.${minor}.${patch}` }));
  fc.assert(
    fc.property(version, version, (from, to) => {
      const allowed = compareVersions(to.text, from.text) >= 0 && to.minor - from.minor <= 1;
      expect(moveProblem(from.text, to.text) === undefined).toBe(allowed);
    }),
  );
});
