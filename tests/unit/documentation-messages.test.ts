import { codeSpans } from "../documentation/commands";
import { fragmentsOf, saidBy, unknownFragments } from "../documentation/messages";
import { pages } from "../documentation/pages";

/* Every message in the tables of docs/troubleshooting.md is one that the program can say. */

/** The engine's and Node's own words. */
const NOT_OURS = ["unable to delete", "because it is protected", "Aborted with Ctrl+D"];

/** The first cells of the tables whose first column has this head. */
function firstCells(prose: string, head: string): string[] {
  const cells: string[] = [];
  let inside = false;
  for (const line of prose.split("\n")) {
    const [, first] = line.split(/(?<!\\)\|/);
    if (first === undefined) inside = false;
    else if (inside && !/^ -+ $/.test(first)) cells.push(first);
    else if (first.trim() === head) inside = true;
  }
  return cells;
}

const messages = firstCells(pages().get("docs/troubleshooting.md")!.prose, "message").flatMap(
  codeSpans,
);

test("there are messages, and what tells them apart is looked for", () => {
  expect(messages.length).toBeGreaterThan(200);
  expect(messages.filter((message) => fragmentsOf(message).length > 0).length).toBeGreaterThan(200);
});

test("the program says every message of the troubleshooting page", () => {
  const unknown = messages
    .flatMap((message) => unknownFragments(message))
    .filter((fragment) => !NOT_OURS.includes(fragment));
  expect(unknown).toEqual([]);
});

describe("how a message is looked for", () => {
  const said = saidBy(
    [
      "throw new Error(`the installer of ${name} cannot be read: ${reason}`)",
      '"it is truncated or damaged; fetch it " + "again"',
      'fail "$1; the mount point $MOUNT_POINT is not mounted"',
    ].join("\n"),
  );

  test.each([
    "the installer of … cannot be read: …",
    "… cannot be read: it is truncated or damaged",
    "fetch it again",
    "the mount point /mnt/cephfs is not mounted",
  ])("it is said: %s", (message) => expect(unknownFragments(message, said)).toEqual([]));

  test.each([
    "the installer of … cannot be opened: …",
    "it is truncated or broken",
    "the mount point … is not there",
    "the installer of … cannot be read: it is too large",
  ])("it is not: %s", (message) => expect(unknownFragments(message, said)).not.toEqual([]));
});
