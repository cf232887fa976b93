import fc from "fast-check";
import { commandText } from "../../host/command";
import { readCommand } from "../../host/read-command";
import { scriptSum } from "../../host/script";

const FILES = [
  { path: "common/config/ui/env", mode: 0o600, content: "A=1\nB='it''s'\n" },
  { path: "harbor.cfg", mode: 0o600, content: "# a comment\nhostname = hub.example.com\n" },
];

test("a command's text says what it was made of", () => {
  const parameters = { PORT: 8070, CLUSTER: "stack hub.example.com", IS_CARRIER: true };
  const text = commandText({ step: "stage", node: "hub1", sudo: true, parameters, shown: FILES });
  expect(readCommand(text)).toEqual({
    step: "stage",
    node: "hub1",
    script: scriptSum("stage"),
    parameters: new Map([
      ["CLUSTER", "stack hub.example.com"],
      ["IS_CARRIER", "true"],
      ["PORT", "8070"],
    ]),
    shown: FILES,
  });
});

test("its first line alone says which script it is", () => {
  const text = commandText({ step: "unstage", node: "hub1", sudo: true, parameters: { PORT: 1 } });
  expect(readCommand(text.split("\n", 1)[0]!)).toMatchObject({
    ...{ step: "unstage", node: "hub1", script: scriptSum("unstage") },
    shown: [],
  });
});

test("also values with quotes and line ends", () => {
  const value = fc.string({ unit: "grapheme", maxLength: 30 });
  fc.assert(
    fc.property(value, value, (one, other) => {
      const parameters = { ONE: one, OTHER: other };
      const text = commandText({ step: "start", node: "hub1", sudo: false, parameters });
      expect(readCommand(text)?.parameters).toEqual(new Map(Object.entries(parameters)));
    }),
  );
});

test.each(["", "[secret]", "# harbor-ha: copy to hub1:/mnt/x.tgz\nexec node\n"])(
  "%j is no step's command",
  (text) => {
    expect(readCommand(text)).toBeUndefined();
  },
);
