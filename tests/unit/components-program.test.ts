import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import { writeInstaller } from "./fixtures/releases";
import { asEngine, type Given, SECRETS, VALID } from "./fixtures/settings";

/** Where the stack's file would be, and others. */
let stackFiles: string;
let registered: string[];
/** What the stack's outputs say of an earlier deployment. */
let outputs: { release?: string };
beforeEach(async () => {
  stackFiles = mkdtempSync(join(tmpdir(), "harbor-ha-stacks-"));
  registered = [];
  outputs = {};
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name }) => {
        registered.push(name);
        return { id: name, state: {} };
      },
      call: () => ({ outputs }),
    },
    "harbor-ha",
    "test",
    false,
    "organization",
  );
});

afterEach(() => rmSync(stackFiles, { recursive: true }));

/** Runs the program with a stack's settings and gives what it fails with. */
async function failure(
  given: Given,
  secret: (key: string) => boolean = () => true,
): Promise<Error> {
  const values = Object.entries(asEngine(given)).map(([key, value]) => [`harbor-ha:${key}`, value]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries(values) as Record<string, string>,
    Object.keys(given)
      .filter(secret)
      .map((key) => `harbor-ha:${key}`),
  );
  return program(stackFiles).then(
    () => new Error("the program ran"),
    (error: Error) => error,
  );
}

test("a stack with mistakes is told all of them, without a stack trace, and nothing is made", async () => {
  const error = await failure({
    ...VALID,
    hostname: "hub",
    port: 0,
    protect: "perhaps",
    nodse: [],
  });
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  for (const setting of ["hostname", "port", "protect", "nodse"]) {
    expect(error.message).toContain(`harbor-ha:${setting}\n`);
  }
  expect(error.message).toMatch(/^4 problems/);
  expect(registered).toEqual([]);
});

test("the engine's own mark says which settings are secret", async () => {
  const { message } = await failure(VALID, (key) => key !== "redis");
  expect(message).toMatch(/^1 problem .*harbor-ha:redis\.password\n +stands in plain text/s);
  expect(message).not.toContain(SECRETS["redis.password"]);
});

test("an installer that cannot be read is said as plainly", async () => {
  const folder = mkdtempSync(join(tmpdir(), "harbor-ha-program-"));
  const installer = join(folder, "harbor.tgz");
  writeFileSync(installer, "no archive");
  const error = await failure({ ...VALID, release: { version: "1.1.2", installer } });
  rmSync(folder, { recursive: true });
  expect(pulumi.RunError.isInstance(error)).toBe(true);
  expect(error.message).toMatch(
    /^installer: .*\n\nNo host was contacted\. Correct what is named .* release\.installer\.$/s,
  );
  expect(registered).toEqual([]);
});

test("an installer of another release is said without its address, which may hold a token", async () => {
  const folder = mkdtempSync(join(tmpdir(), "harbor-ha-program-"));
  const installer = join(folder, "harbor.tgz");
  await writeInstaller(installer);
  const error = await failure({ ...VALID, release: { version: "1.1.2", installer } });
  rmSync(folder, { recursive: true });
  expect(error.message).toContain("is 1.1.2, but release.installer is the installer of 1.1.9");
  expect(error.message).not.toContain(installer);
  expect(registered).toEqual([]);
});

test("a release that cannot follow the deployed one is refused before the installer is read", async () => {
  outputs = { release: "1.1.3" };
  const { message } = await failure(VALID);
  expect(message).toMatch(
    /^1 problem .*harbor-ha:release\.version\n +is 1\.1\.2, older than 1\.1\.3/s,
  );
  expect(registered).toEqual([]);
});

test("what another stack of the project has already is refused, by that stack's file", async () => {
  const file = join(stackFiles, "Pulumi.prod.yaml");
  writeFileSync(file, "config:\n  harbor-ha:hostname: HUB.example.com\n");
  writeFileSync(join(stackFiles, "Pulumi.test.yaml"), readFileSync(file));
  const { message } = await failure(VALID);
  expect(message).toMatch(
    /^1 problem .*harbor-ha:hostname\n +is "hub\.example\.com", which stack prod has already, in Pulumi\.prod\.yaml; /s,
  );
  expect(registered).toEqual([]);
});
