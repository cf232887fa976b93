import type { DrawnNode, Model } from "./model";
import { type Box, rectangle, text } from "./svg";
import type { Theme } from "./themes";

const PADDING = 12;
const HEAD = 34;
const ROW = 30;
const CHIP = 24;
const FOOT = 28;

/** Services in rows of two; those that clients reach have a row each, before the others. */
function inside({ services, published }: DrawnNode) {
  const open = published.map(({ service }) => service);
  const hidden = services.filter((service) => !open.includes(service));
  return { hidden, rows: published.length + Math.ceil(hidden.length / 2) };
}

export function nodeHeight(node: DrawnNode): number {
  return HEAD + inside(node).rows * ROW + FOOT;
}

/** One node: its name and address, what runs on it, what is open, where the file system is mounted. */
export function drawNode(node: DrawnNode, { x, y, width, height }: Box, theme: Theme): string[] {
  const { hidden } = inside(node);
  const inner = width - 2 * PADDING;
  const half = (inner - 6) / 2;
  const left = x + PADDING;
  const row = (i: number) => y + HEAD + i * ROW;
  const nameWidth = inner * 0.42;
  return [
    rectangle({ x, y, width, height }, theme.box, theme.frame),
    text(left, y + 22, node.name, { fill: theme.text, size: 15, bold: true, within: nameWidth }),
    text(x + width - PADDING, y + 22, node.address, {
      ...{ fill: theme.muted, size: 12, mono: true, anchor: "end", within: inner - nameWidth },
    }),
    ...node.published.flatMap(({ service, ports }, i) => {
      const [outside, container] = ports.split(":");
      const style = { fill: theme.entryText, within: inner * 0.5 - 10 };
      return [
        rectangle({ x: left, y: row(i), width: inner, height: CHIP }, theme.entry, undefined, 5),
        text(left + 10, row(i) + 16.5, service, { ...style, bold: true }),
        text(left + inner - 10, row(i) + 16.5, `${outside!} → ${container!}`, {
          ...{ ...style, size: 12, mono: true, anchor: "end" },
        }),
      ];
    }),
    ...hidden.flatMap((service, i) => {
      const place = {
        x: left + (i % 2) * (half + 6),
        y: row(node.published.length + Math.floor(i / 2)),
      };
      return [
        rectangle({ ...place, width: half, height: CHIP }, theme.chip, undefined, 5),
        text(place.x + 10, place.y + 16.5, service, { fill: theme.text, within: half - 16 }),
      ];
    }),
    text(left, y + height - 11, `CephFS at ${node.mountPoint}`, {
      ...{ fill: theme.muted, size: 12, within: inner },
    }),
  ];
}

/** The strip below the nodes: what none of them may have for itself. */
export function drawShared({ release, shared }: Model, box: Box, theme: Theme): string[] {
  const { x, y, width, height } = box;
  const same = [`Harbor ${release}`, "settings", ...shared].join(" · ");
  const label = "The same on every node";
  return [
    rectangle(box, theme.shared, theme.frame, 6),
    text(x + PADDING, y + height / 2 + 4.5, label, { fill: theme.text, bold: true }),
    text(x + PADDING + 190, y + height / 2 + 4.5, same, {
      ...{ fill: theme.text, within: width - 190 - 2 * PADDING },
    }),
  ];
}
