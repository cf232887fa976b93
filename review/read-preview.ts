import { type Digest, type EngineEvent, previewOf, type Preview } from "./preview";

function digestOf(events: readonly EngineEvent[]): Digest {
  const summary = events.find((event) => event.summaryEvent)?.summaryEvent;
  return {
    config: events.find((event) => event.preludeEvent)?.preludeEvent?.config,
    steps: events.flatMap((event) => event.resourcePreEvent?.metadata ?? []),
    diagnostics: events.flatMap(({ diagnosticEvent: said, errorEvent: failed }) => [
      ...(said ? [said] : []),
      ...(failed ? [{ severity: "error", message: failed.error }] : []),
    ]),
    ...(summary && { changeSummary: summary }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The one JSON value in these lines; the CLI's warnings may stand before it or after it. */
function valueIn(lines: readonly string[]): unknown {
  const first = lines.findIndex((line) => /^(\{|\[$|\[[{\]])/.test(line));
  const last = lines.findLastIndex((line) => /^([}\]]|(\{|\[[{\]]).*[}\]]|\[\])$/.test(line));
  return parsed(lines.slice(Math.max(0, first), last + 1).join("\n"));
}

/** The events, one in a line. */
function eventsIn(lines: readonly string[]): object[] {
  return lines.flatMap((line, i) => {
    if (!line.startsWith("{")) return [];
    const event = parsed(line);
    if (!isObject(event)) throw new Error(`its JSON is damaged or cut off (line ${i + 1})`);
    return [event];
  });
}

/**
 * Reads what `pulumi preview --json` prints, or the engine's events, as an array or one in a line.
 *
 * Values that are secret are not in either: the engine writes a mark in their place.
 *
 * @returns undefined for no text at all: the preview has not come so far as to say anything
 * @throws Error that says why a text can't be read
 */
export function readPreview(text: string): Preview | undefined {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => line.trimEnd());
  if (lines.every((line) => line === "")) return undefined;
  const value = valueIn(lines);
  if (isObject(value) && !Array.isArray(value) && !("sequence" in value)) return previewOf(value);
  const events = Array.isArray(value) ? value.filter(isObject) : eventsIn(lines);
  if (events.length === 0) throw new Error("there is no JSON of a preview in it");
  return previewOf(digestOf(events));
}
