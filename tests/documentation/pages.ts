import { readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

export const ROOT = join(__dirname, "../..");

/** A fenced block of a page. */
export interface Block {
  /** The page, from the project's folder: `docs/lab.md`. */
  readonly page: string;
  /** Where its fence stands, from 1. */
  readonly line: number;
  /** The heading it stands under, without its marks. */
  readonly heading: string;
  /** The first word after the fence, such as `sh`. */
  readonly language: string;
  /** The other words after the fence. */
  readonly words: readonly string[];
  /** Without the fence's own indentation. */
  readonly text: string;
  /** The next block under the same heading. */
  readonly follows?: Block;
}

export interface Page {
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The page's lines outside of blocks. */
  readonly prose: string;
  /** What a link may name after `#`. */
  readonly anchors: ReadonlySet<string>;
}

/** A heading's anchor, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

function numbered(anchors: readonly string[]): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    anchors.map((anchor) => {
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${String(before)}`;
    }),
  );
}

const FENCE = /^( *)(`{3,})(.*)$/;

/** Reads a page's text. */
export function pageOf(name: string, text: string): Page {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  const prose: string[] = [];
  const headings: string[] = [];
  let section = -1;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const [, indent, fence, info] = FENCE.exec(line) ?? [];
    if (fence === undefined) {
      const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
      if (heading !== undefined) headings.push(heading);
      prose.push(line);
      continue;
    }
    const start = i;
    while (++i < lines.length && lines[i]!.trim() !== fence);
    if (i === lines.length) throw new Error(`${name}:${String(start + 1)}: a block has no end`);
    const [language = "", ...words] = info!.trim().split(/\s+/);
    const block: Block = {
      ...{ page: name, line: start + 1, heading: headings.at(-1) ?? "", language, words },
      text: lines
        .slice(start + 1, i)
        .map((inner) => (inner.startsWith(indent!) ? inner.slice(indent!.length) : inner))
        .join("\n"),
    };
    const last = blocks.at(-1);
    if (last !== undefined && section === headings.length) {
      blocks[blocks.length - 1] = { ...last, follows: block };
    }
    section = headings.length;
    blocks.push(block);
    // A block's lines leave as many blank ones behind.
    prose.push(...Array.from({ length: i - start + 1 }, () => ""));
  }
  return { name, text, blocks, prose: prose.join("\n"), anchors: numbered(headings.map(anchorOf)) };
}

/** Every page of the project, by its name: those in its folder and those of docs/. */
export function pages(): Map<string, Page> {
  const inRoot = readdirSync(ROOT).filter((name) => name.endsWith(".md"));
  const inDocs = readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => posix.join("docs", name));
  return new Map(
    [...inRoot, ...inDocs]
      .sort()
      .map((name) => [name, pageOf(name, readFileSync(join(ROOT, name), "utf8"))]),
  );
}

/** Every block of commands, in reading order: the README first. */
export function commandBlocks(of: ReadonlyMap<string, Page> = pages()): Block[] {
  const order = ["README.md", ...[...of.keys()].filter((name) => name !== "README.md")];
  const all = order.flatMap((name) => of.get(name)?.blocks ?? []);
  return all.filter(({ language }) => /^(sh|bash|shell|console|zsh)$/.test(language));
}

/** Where a block is, for a message. */
export const placeOf = ({ page, line }: Pick<Block, "page" | "line">) => `${page}:${String(line)}`;
