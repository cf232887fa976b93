import { compareVersions, generation, isSupported, parseVersion } from "../../harbor/versions";

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
