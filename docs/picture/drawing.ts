import { drawCard } from "./cards";
import { described } from "./description";
import { bottom, center, layoutOf } from "./layout";
import type { Model } from "./model";
import { drawNode, drawShared } from "./node-drawing";
import { arrow, line, rectangle, svg, text } from "./svg";
import { THEMES, type ThemeName } from "./themes";

/** The picture of a deployment; the same model gives the same text. */
export function drawing(model: Model, name: ThemeName): string {
  const theme = THEMES[name];
  const note = { fill: theme.muted, size: 12.5 };
  const { width, height, frame, nodes, shared, stores, ...above } = layoutOf(model);
  const { card: clients, box: clientsBox } = above.clients;
  const { card: dns, box: dnsBox } = above.dns;
  const bus = frame.y - 22;
  const from = clientsBox.x + 40;
  const firstRow = nodes.filter(({ y }) => y === nodes[0]!.y);
  const middle = clientsBox.y + clientsBox.height / 2;
  const records = dnsBox.x + dnsBox.width - 24;

  return svg({
    ...{ width, height },
    ...described(model),
    parts: [
      `<rect width="100%" height="100%" fill="${theme.page}"/>`,
      rectangle(frame, theme.group, theme.frame, 12),
      line(
        [
          [from, bottom(clientsBox)],
          [from, bus],
          [center(firstRow.at(-1)!), bus],
        ],
        theme.entry,
      ),
      ...firstRow.map((box) =>
        arrow(
          [
            [center(box), bus],
            [center(box), box.y],
          ],
          theme.entry,
        ),
      ),
      text(
        from + 12,
        bus - 10,
        `${model.url.protocol.slice(0, -1).toUpperCase()} to any of them; to the next one where a port is closed`,
        note,
      ),
      arrow(
        [
          [clientsBox.x + clientsBox.width, middle],
          [dnsBox.x, middle],
        ],
        theme.dns,
      ),
      text((clientsBox.x + clientsBox.width + dnsBox.x) / 2 - 4, middle - 9, "which addresses?", {
        ...{ ...note, anchor: "middle" },
      }),
      ...(model.dns.server === undefined
        ? []
        : [
            arrow(
              [
                [records, frame.y],
                [records, bottom(dnsBox)],
              ],
              theme.dns,
            ),
            text(
              records - 10,
              bottom(dnsBox) + 22,
              model.dns.healthChecks ? "records by health" : "records at a start",
              { ...note, anchor: "end" },
            ),
          ]),
      ...drawCard(clients, clientsBox, theme),
      ...drawCard(dns, dnsBox, theme),
      ...nodes.flatMap((box, i) => drawNode(model.nodes[i]!, box, theme)),
      ...drawShared(model, shared, theme),
      ...stores.flatMap(({ card, label, box }) => {
        const x = box.x + 24;
        return [
          arrow(
            [
              [x, bottom(frame)],
              [x, box.y],
            ],
            theme[card.colour],
          ),
          text(x + 12, box.y - 19, label, { ...note, within: box.width - 8 }),
          ...drawCard(card, box, theme),
        ];
      }),
    ],
  });
}
