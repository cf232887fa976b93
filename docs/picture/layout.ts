import { type Card, type StoreCard, cardHeight, clientsCard, dnsCard, storeCards } from "./cards";
import type { Model } from "./model";
import { nodeHeight } from "./node-drawing";
import type { Box } from "./svg";

const WIDTH = 880;
const MARGIN = 20;
const GAP = 20;
const INNER = WIDTH - 2 * MARGIN;
const MOST_IN_A_ROW = 4;
const SHARED = 36;
/** Between the rows of the picture, where arrows and their labels stand. */
const BETWEEN = 62;

/** Boxes side by side over the whole width, in these shares of it. */
function sideBySide(shares: readonly number[], y: number, height: number, gap = GAP): Box[] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const room = INNER - gap * (shares.length - 1);
  let x = MARGIN;
  return shares.map((share) => {
    const width = Math.round((room * share) / whole);
    const box = { x, y, width, height };
    x += width + gap;
    return box;
  });
}

/** Nodes from left to right, in rows as equal as may be. */
function nodeBoxes({ nodes }: Model, top: number): Box[] {
  const rows = Math.ceil(nodes.length / MOST_IN_A_ROW);
  const columns = Math.ceil(nodes.length / rows);
  const height = Math.max(...nodes.map(nodeHeight));
  const width = Math.round((INNER - GAP * (columns + 1)) / columns);
  return nodes.map((_, i) => ({
    x: MARGIN + GAP + (i % columns) * (width + GAP),
    y: top + Math.floor(i / columns) * (height + GAP),
    width,
    height,
  }));
}

export const bottom = ({ y, height }: Box) => y + height;
export const center = ({ x, width }: Box) => x + width / 2;

/** Where everything stands: clients and DNS above, the nodes in a frame, below it what they share. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly clients: { readonly card: Card; readonly box: Box };
  readonly dns: { readonly card: Card; readonly box: Box };
  readonly frame: Box;
  /** In the order of the model's nodes. */
  readonly nodes: readonly Box[];
  readonly shared: Box;
  readonly stores: readonly (StoreCard & { readonly box: Box })[];
}

export function layoutOf(model: Model): Layout {
  const [clients, dns] = [clientsCard(model), dnsCard(model)];
  const topHeight = Math.max(cardHeight(clients), cardHeight(dns));
  const [clientsBox, , dnsBox] = sideBySide([46, 20, 34], MARGIN, topHeight, 0) as [Box, Box, Box];

  const frameTop = bottom(clientsBox) + BETWEEN;
  const nodes = nodeBoxes(model, frameTop + GAP);
  const sharedTop = Math.max(...nodes.map(bottom)) + 14;
  const shared = { x: MARGIN + GAP, y: sharedTop, width: INNER - 2 * GAP, height: SHARED };
  const frame = { x: MARGIN, y: frameTop, width: INNER, height: bottom(shared) + 14 - frameTop };

  const stores = storeCards(model);
  const storeTop = bottom(frame) + BETWEEN - 14;
  const storeHeight = Math.max(0, ...stores.map(({ card }) => cardHeight(card)));
  const shares = stores.map(({ share }) => share);
  const storeBoxes = sideBySide(shares, storeTop, storeHeight);
  return {
    width: WIDTH,
    height: (stores.length > 0 ? storeTop + storeHeight : bottom(frame)) + MARGIN,
    clients: { card: clients, box: clientsBox },
    dns: { card: dns, box: dnsBox },
    ...{ frame, nodes, shared },
    stores: stores.map((store, i) => ({ ...store, box: storeBoxes[i]! })),
  };
}
