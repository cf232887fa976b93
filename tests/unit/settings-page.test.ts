import { readFileSync } from "node:fs";
import { PAGE, settingsPage } from "../../docs/settings";
import { SECRET_SETTINGS } from "../../settings";

const page = settingsPage();
const rows = page.split("\n").filter((line) => line.startsWith("| `"));

test("docs/settings.md is what the schema says; make it anew with `npm run docs:settings`", () => {
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});

test("every setting has a meaning", () => {
  expect(rows.length).toBeGreaterThan(40);
  for (const row of rows) expect(row).toMatch(/ \| (`[a-z0-9-]+`: )?[A-Z][^|]+ \|$/);
});

test("exactly the secrets are called secret", () => {
  const secrets = rows
    .filter((row) => row.includes("**Secret**"))
    .map((row) => /`([^`]+)`/.exec(row)![1]);
  expect(secrets.sort()).toEqual([...SECRET_SETTINGS].sort());
});

test("variants are told apart by one row, and their fields say which one they go with", () => {
  const of = (setting: string) => rows.filter((row) => row.startsWith(`| \`${setting}\` `));
  expect(of("tls.source")).toEqual([
    expect.stringMatching(
      /`none` or `provided` or `private-ca` .*`none`: Plain HTTP\. `provided`: .*`private-ca`: /,
    ),
  ]);
  expect(of("images.archive")).toEqual([
    expect.stringContaining("With `archive`: "),
    expect.stringContaining("With `nodes`: "),
  ]);
  expect(of("dns.ttl")).toEqual([expect.not.stringContaining("With ")]);
});
