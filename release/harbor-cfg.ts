import { ReleaseError } from "./release-error";

interface Entry {
  key: string;
  value: string;
  /** First line, and the line after the last (a value may go on in indented lines). */
  from: number;
  to: number;
}

/**
 * A release's harbor.cfg, read as the release's own `prepare` reads it (Python's RawConfigParser),
 * and edited in place so that its comments, order and untouched lines stay as they were shipped.
 */
export class HarborCfg {
  private constructor(
    private readonly lines: readonly string[],
    private readonly entries: readonly Entry[],
  ) {}

  /** Throws a ReleaseError naming the line that is neither a key, a comment nor a continuation. */
  static parse(text: string): HarborCfg {
    const lines = text.split("\n");
    const entries: Entry[] = [];
    lines.forEach((line, i) => {
      if (/^\s*$/.test(line) || /^[#;]/.test(line) || /^rem(\s|$)/i.test(line)) return;
      const last = entries.at(-1);
      if (/^\s/.test(line) && last !== undefined) {
        last.value = `${last.value}\n${line.trim()}`;
        last.to = i + 1;
        return;
      }
      const match = /^([^:=\s][^:=]*?)\s*[:=]\s*(.*)$/.exec(line);
      if (match === null || line.startsWith("[")) {
        throw new ReleaseError(`installer: harbor.cfg line ${i + 1} is not "key = value"`);
      }
      entries.push({ key: match[1]!.toLowerCase(), value: plain(match[2]!), from: i, to: i + 1 });
    });
    return new HarborCfg(lines, entries);
  }

  /** The value of a key, undefined where the file has no such key (or only a commented-out one). */
  get(key: string): string | undefined {
    return this.entries.findLast((entry) => entry.key === key)?.value;
  }

  /** The keys that the file knows, those commented out included. */
  knownKeys(): string[] {
    const commented = this.lines.flatMap((line) => /^#\s?([a-z][a-z_]*) ?=/.exec(line)?.[1] ?? []);
    return [...new Set([...this.entries.map((entry) => entry.key), ...commented])].sort();
  }

  /** A copy with the key set: in its place where the file has it, else in a line at the end. */
  with(key: string, value: string): HarborCfg {
    const entry = this.entries.findLast((candidate) => candidate.key === key);
    const lines = [...this.lines];
    if (entry !== undefined) {
      lines.splice(entry.from, entry.to - entry.from, `${key} = ${value}`);
    } else {
      const blank = lines.at(-1) === "" ? lines.length - 1 : lines.length;
      lines.splice(blank, lines.length - blank, `${key}=${value}`, "");
    }
    return HarborCfg.parse(lines.join("\n"));
  }

  toString(): string {
    return this.lines.join("\n");
  }
}

/** A value without what the parser takes off: an inline comment, blanks around, empty quotes. */
function plain(text: string): string {
  const comment = text.indexOf(";");
  const value = comment > 0 && /\s/.test(text[comment - 1]!) ? text.slice(0, comment) : text;
  return value.trim() === '""' ? "" : value.trim();
}

/** Why harbor.cfg cannot hold a value as it is, undefined where it can. Never shows the value. */
export function unwritable(value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(value)) {
    return "holds a line break or another control character";
  }
  if (value !== value.trim()) return "begins or ends with a blank";
  if (/\s;/.test(value)) return "holds a blank before a semicolon, which begins a comment";
  if (value === '""') return "is a pair of quotes, which is read as empty";
  return undefined;
}
