/* Shapes as SVG text. Lengths are pixels of the picture. */

const SANS = "-apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

export interface TextStyle {
  readonly size?: number;
  readonly fill: string;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly anchor?: "start" | "middle" | "end";
  /** The text is shortened to this width. @default none */
  readonly within?: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** How wide a text gets in the widest of the fonts it may be shown in. */
export function textWidth(text: string, style: Pick<TextStyle, "size" | "bold" | "mono">): number {
  const { size = 13, bold = false, mono = false } = style;
  return text.length * size * (mono ? 0.61 : bold ? 0.64 : 0.58);
}

/** A text that is too long loses its middle, as the ends tell names and ports apart. */
export function shortened(text: string, style: TextStyle): string {
  const { within } = style;
  if (within === undefined || textWidth(text, style) <= within) return text;
  const room = Math.max(3, Math.floor((within / textWidth(text, style)) * text.length)) - 1;
  const head = Math.ceil(room / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (room - head))}`;
}

/** A line of text; `y` is its base line. */
export function text(x: number, y: number, content: string, style: TextStyle): string {
  const { size = 13, fill, bold = false, mono = false, anchor = "start" } = style;
  const weight = bold ? ` font-weight="600"` : "";
  const place = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  const family = mono ? ` font-family="${MONO}"` : "";
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${family}${weight}${place}>${escape(shortened(content, style))}</text>`;
}

export function rectangle(
  { x, y, width, height }: Box,
  fill: string,
  stroke?: string,
  radius = 8,
): string {
  const edge = stroke === undefined ? "" : ` stroke="${stroke}"`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"${edge}/>`;
}

type Points = readonly (readonly [x: number, y: number])[];

export function line(points: Points, stroke: string): string {
  const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join(" ");
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="1.5"/>`;
}

/** A line with an arrow head at its end. */
export function arrow(points: Points, stroke: string): string {
  const [[fromX, fromY], [x, y]] = points.slice(-2) as [[number, number], [number, number]];
  const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)];
  const corner = (side: number) => `${x - dx * 9 + dy * side} ${y - dy * 9 + dx * side}`;
  const head = `<path d="M${x} ${y} L${corner(5)} L${corner(-5)} Z" fill="${stroke}"/>`;
  return `${line(points, stroke)}\n${head}`;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The picture in words, for those who cannot see it. */
  readonly description: string;
  readonly parts: readonly string[];
}

export function svg({ width, height, title, description, parts }: Picture): string {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="${SANS}">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="description">${escape(description)}</desc>`,
    ...parts,
    `</svg>`,
  ].join("\n")}\n`;
}
