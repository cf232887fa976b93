import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type CommandText, commandText, standardInput } from "../../host/command";
import { STEPS, partsOf, scriptSum, shellFile, shippedPart } from "../../host/script";

const COMMAND: CommandText = {
  step: "stage",
  node: "hub1",
  sudo: false,
  parameters: { PORT: 8070, CLUSTER: "stack hub.example.com", IS_CARRIER: true },
};

/** What a shell makes of a command: the step's environment, and the script that arrives. */
function environmentOf(text: string): Record<string, string> {
  const part = "env -0\n";
  const output = execFileSync("sh", ["-c", text.replace("sudo -n ", "")], {
    input: `part prelude 0\n\npart stage ${part.length}\n${part}\nend of parts\n`,
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

test("a step knows who runs it, also through sudo", () => {
  const script = commandText({ ...COMMAND, sudo: true }).replace(
    "exec ",
    "SSH_CONNECTION='192.0.2.50 1 192.0.2.11 22'; exec ",
  );
  expect(environmentOf(script)["RUN_FROM"]).toBe(`192.0.2.50 as ${userInfo().username}`);
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

test("standard input is the steps' parts, each once, secrets and files, each with its size", () => {
  const input = standardInput({
    steps: ["stage", "unstage"],
    secrets: { b: "two\nlines", a: "'ä'" },
    files: [{ path: "/etc/x", mode: 0o600, content: "content\n" }],
  });
  const part = (name: string) => {
    const text = shippedPart(name);
    return `part ${name} ${Buffer.byteLength(text)}\n${text}\n`;
  };
  expect(input).toBe(
    `${[...partsOf("stage"), "unstage"].map(part).join("")}end of parts\n` +
      "secret a 4\n'ä'\nsecret b 9\ntwo\nlines\nfile 0600 /etc/x 8\ncontent\n\n",
  );
});

test("a part travels without its comment lines, and with all its other lines", () => {
  for (const name of STEPS.flatMap(partsOf)) {
    const lines = shellFile(name).split("\n");
    const kept = lines.filter((line) => !line.trimStart().startsWith("#"));
    expect(shippedPart(name).split("\n")).toEqual(kept);
  }
});

test("the order in which secrets are given makes no difference", () => {
  const secrets = { redis: "1", database: "2" };
  const reversed = { database: "2", redis: "1" };
  const steps = ["schema"] as const;
  expect(standardInput({ steps, secrets })).toBe(standardInput({ steps, secrets: reversed }));
});

test("a step finds its own script among several", () => {
  const part = (name: string, text: string) => `part ${name} ${text.length}\n${text}\n`;
  const input = [
    part("prelude", "take() { cat; }\n"),
    part("stage", 'echo "stage on $NODE"; take\n'),
    part("unstage", "echo unstage\n"),
    "end of parts\nsecret a 1\n1\n",
  ].join("");
  const output = execFileSync("sh", ["-c", commandText(COMMAND)], { input, encoding: "utf8" });
  expect(output).toBe("stage on hub1\nsecret a 1\n1\n");
});

test("a script that was cut off on its way is not run", () => {
  const input = "part prelude 11\necho begun;\npart stage 4";
  const run = () =>
    execFileSync("sh", ["-c", commandText(COMMAND)], { input, encoding: "utf8", stdio: "pipe" });
  expect(run).toThrow("hub1: standard input was cut off; run again");
});

test("the login user's .bashrc has no part in it, though standard input is a connection", () => {
  const home = mkdtempSync(join(tmpdir(), "harbor-ha-home-"));
  writeFileSync(join(home, ".bashrc"), "echo read; cat; exit 3\n");
  const output = execFileSync("sh", ["-c", commandText(COMMAND)], {
    input: "part prelude 0\n\npart stage 10\necho step\n\nend of parts\n",
    env: { PATH: process.env["PATH"], HOME: home, SSH_CLIENT: "192.0.2.1 40000 22" },
    encoding: "utf8",
  });
  rmSync(home, { recursive: true });
  expect(output).toBe("step\n");
});
