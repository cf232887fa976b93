/** How much of the room each gets: what it needs, and what some leave goes to the others in equal parts. */
export function shares(needs: readonly number[], room: number): number[] {
  const given = needs.map(() => 0);
  const smallestFirst = needs.map((_, i) => i).sort((a, b) => needs[a]! - needs[b]!);
  let left = Math.max(0, room);
  smallestFirst.forEach((i, before) => {
    given[i] = Math.min(needs[i]!, Math.floor(left / (needs.length - before)));
    left -= given[i];
  });
  return given;
}

const NOTE = "… cut for length; the job's log has all.";

/** The fence of the block that is open after a line, empty for none. */
function fenceAfter(open: string, line: string): string {
  const fence = /^`{3,}/.exec(line)?.[0] ?? "";
  if (open === "") return fence;
  return fence.length >= open.length && line.trim() === fence ? "" : open;
}

/** As many lines of a Markdown text as fit, and a note where some don't; a block that is cut is closed. */
export function cutTo(limit: number, text: string): string {
  if (text.length <= limit) return text;
  let kept = "";
  let open = "";
  for (const line of text.split("\n")) {
    const next = fenceAfter(open, line);
    const end = next === "" ? 0 : next.length + 1;
    if (kept.length + line.length + 1 + end + NOTE.length + 1 > limit) break;
    kept += `${line}\n`;
    open = next;
  }
  const closed = `${kept}${open === "" ? "" : `${open}\n`}\n${NOTE}`;
  return closed.length <= limit ? closed : "";
}
