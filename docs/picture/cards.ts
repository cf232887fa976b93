import type { Model, Store } from "./model";
import { type Box, rectangle, text, textWidth } from "./svg";
import type { Theme } from "./themes";

/** A box with a title, some lines about it, and lines of names and addresses. */
export interface Card {
  readonly title: string;
  readonly about: readonly string[];
  readonly lines: readonly string[];
  readonly colour: "entry" | "dns" | "files" | "database" | "sessions";
}

/** Something that all nodes use, with how wide its box is and what stands at its arrow. */
export interface StoreCard {
  readonly card: Card;
  readonly share: number;
  readonly label: string;
}

const HEAD = 44;
const LINE = 18;

export function cardHeight({ about, lines }: Card): number {
  return HEAD + (about.length + lines.length) * LINE;
}

export function drawCard(card: Card, box: Box, theme: Theme): string[] {
  const { x, y, width, height } = box;
  const left = x + 20;
  const within = width - 32;
  const line = (i: number) => y + HEAD + i * LINE;
  return [
    rectangle(box, theme.box, theme.frame),
    rectangle({ x, y, width: 6, height }, theme[card.colour], undefined, 3),
    text(left, y + 25, card.title, { fill: theme.text, size: 15, bold: true, within }),
    ...card.about.map((words, i) =>
      text(left, line(i) + 2, words, { fill: theme.muted, size: 12.5, within }),
    ),
    ...card.lines.map((words, i) =>
      text(left, line(card.about.length + i) + 4, words, {
        ...{ fill: theme.text, size: 12, mono: true, within },
      }),
    ),
  ];
}

export function clientsCard({ url, clients }: Model): Card {
  return {
    title: "Clients",
    about: [
      "docker, by one name for all nodes",
      ...(clients.length > 0 ? [`set up by the program: ${clients.join(", ")}`] : []),
    ],
    lines: [`docker login ${url.host}`, `docker pull ${url.host}/library/app`],
    colour: "entry",
  };
}

export function dnsCard({ dns }: Model): Card {
  return {
    title: "DNS",
    about: [`kept ${dns.server === undefined ? "by hand" : `on ${dns.server}`}, TTL ${dns.ttl} s`],
    lines: dns.addresses.map((address) => `${dns.name} A ${address}`),
    colour: "dns",
  };
}

/** Names in as few lines as they fit into. */
function wrapped(names: readonly string[], within: number): string[] {
  return names.reduce<string[]>((lines, name, i) => {
    const word = i < names.length - 1 ? `${name},` : name;
    const longer = `${lines.at(-1) ?? ""} ${word}`.trimStart();
    return i === 0 || textWidth(longer, { size: 12.5 }) > within
      ? [...lines, word]
      : [...lines.slice(0, -1), longer];
  }, []);
}

/** What the nodes share, from left to right; what the model lacks is not there. */
export function storeCards({ files, database, sessions }: Model): StoreCard[] {
  const card = (store: Store, share: number, rest: Omit<Card, "lines">): StoreCard => ({
    card: { ...rest, lines: store.hosts },
    share,
    label: store.named,
  });
  return [
    ...(files
      ? [
          card(files, 44, {
            title: `CephFS ${files.part}`,
            about: wrapped(files.directories, 310),
            colour: "files",
          }),
        ]
      : []),
    ...(database
      ? [
          card(database, 29, {
            title: "MySQL",
            about: ["users, projects", `database ${database.part}`],
            colour: "database",
          }),
        ]
      : []),
    ...(sessions
      ? [
          card(sessions, 27, {
            title: "Redis",
            about: ["web sessions", ...(sessions.leases ? ["leases of the nodes"] : [])],
            colour: "sessions",
          }),
        ]
      : []),
  ];
}
