import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type CommandText, commandText, standardInput } from "../../host/command";
import { STEPS, scriptOf, scriptSum } from "../../host/script";

const COMMAND: CommandText = {
  step: "stage",
  node: "hub1",
  sudo: false,
  parameters: { PORT: 8070, CLUSTER: "stack hub.example.com", IS_CARRIER: true },
};

/** What a shell makes of a command: the step's environment, and the script that arrives. */
function environmentOf(text: string): Record<string, string> {
  const input = Buffer.from("env -0").toString("base64");
  const output = execFileSync("sh", ["-c", text.replace("sudo -n ", "")], {
    input: `script stage ${input}\nend of scripts\n`,
    env: { PATH: process.env["PATH"] },
    encoding: "utf8",
  });
  return Object.fromEntries(
    output
      .split("\0")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

test.each(STEPS)("the command of %s says step, node and script, and runs it as root", (step) => {
  const text = commandText({ ...COMMAND, step, sudo: true });
  expect(text.replace(scriptSum(step), "<sum>")).toMatchSnapshot();
});

test("without sudo nothing becomes another user", () => {
  expect(commandText(COMMAND)).not.toContain("sudo");
});

test("the order of parameters makes no difference", () => {
  const reversed = Object.fromEntries(Object.entries(COMMAND.parameters).reverse());
  expect(commandText({ ...COMMAND, parameters: reversed })).toBe(commandText(COMMAND));
});

test("the step gets its parameters as they are, whatever is in them", () => {
  const value = fc.string({ unit: "binary", maxLength: 40 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(value, (text) => {
      const command = commandText({ ...COMMAND, parameters: { VALUE: text, OTHER: "it's\n'" } });
      expect(environmentOf(command)).toMatchObject({ NODE: "hub1", VALUE: text, OTHER: "it's\n'" });
    }),
    { numRuns: 30 },
  );
});

test("shown files stand in the text with their modes, and are never run", () => {
  const text = commandText({
    ...COMMAND,
    shown: [
      { path: "harbor.cfg", mode: 0o600, content: "password = {{ databasePassword }}\n" },
      { path: "common/env", mode: 0o644, content: "$(touch /never)\n`exit 1`\nEND" },
    ],
  });
  expect(text).toContain(
    "=== harbor.cfg (0600)\npassword = {{ databasePassword }}\n=== common/env (0644)\n$(touch /never)\n",
  );
  expect(environmentOf(text)).toMatchObject({ STEP: "stage" });
});

test("files that do not fit into one argument are an error, not a cut text", () => {
  const shown = [{ path: "harbor.cfg", mode: 0o600, content: "x".repeat(121 * 1024) }];
  expect(() => commandText({ ...COMMAND, shown })).toThrow(/too large to be shown.*at most 122880/);
});

test("standard input is scripts, secrets and files, a line each", () => {
  const input = standardInput({
    steps: ["stage", "unstage"],
    secrets: { b: "two\nlines", a: "'one'" },
    files: [{ path: "/etc/x", mode: 0o600, content: "content\n" }],
  });
  const decoded = input
    .split("\n")
    .map((line) =>
      line.replace(/ ([A-Za-z0-9+/=]+)$/, (_, text: string) =>
        / /.test(line.slice(0, 4)) || !/^(script|secret|file) /.test(line)
          ? ` ${text}`
          : ` <${Buffer.from(text, "base64").toString()}>`,
      ),
    );
  expect(decoded).toEqual([
    `script stage <${scriptOf("stage")}>`,
    `script unstage <${scriptOf("unstage")}>`,
    "end of scripts",
    "secret a <'one'>",
    "secret b <two\nlines>",
    "file 0600 /etc/x <content\n>",
    "",
  ]);
});

test("the order in which secrets are given makes no difference", () => {
  const secrets = { redis: "1", database: "2" };
  const reversed = { database: "2", redis: "1" };
  const steps = ["schema"] as const;
  expect(standardInput({ steps, secrets })).toBe(standardInput({ steps, secrets: reversed }));
});

test("a step finds its own script among several", () => {
  const input = [
    `script stage ${Buffer.from('echo "stage on $NODE"; cat').toString("base64")}`,
    `script unstage ${Buffer.from("echo unstage").toString("base64")}`,
    "end of scripts",
    "secret a MQ==",
    "",
  ].join("\n");
  const output = execFileSync("sh", ["-c", commandText(COMMAND)], { input, encoding: "utf8" });
  expect(output).toBe("stage on hub1\nsecret a MQ==\n");
});

test("the login user's .bashrc has no part in it, though standard input is a connection", () => {
  const home = mkdtempSync(join(tmpdir(), "harbor-ha-home-"));
  writeFileSync(join(home, ".bashrc"), "echo read; cat; exit 3\n");
  const output = execFileSync("sh", ["-c", commandText(COMMAND)], {
    input: `script stage ${Buffer.from("echo step").toString("base64")}\nend of scripts\n`,
    env: { PATH: process.env["PATH"], HOME: home, SSH_CLIENT: "192.0.2.1 40000 22" },
    encoding: "utf8",
  });
  rmSync(home, { recursive: true });
  expect(output).toBe("step\n");
});
