import { StringDecoder } from "node:string_decoder";

/** Text from chunks of bytes that may end within a character, also cut into lines. */
export class Capture {
  private readonly decoder = new StringDecoder("utf8");
  private line = "";
  text = "";

  /**
   * @param both Takes each piece of text as well, so that two streams can be told in order.
   * @param onLine Takes each line without its end, as soon as it is complete.
   */
  constructor(
    private readonly both: string[],
    private readonly onLine: ((line: string) => void) | undefined,
  ) {}

  add(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  /** To be called once, after the last chunk. Cuts the last line's end off the text. */
  end(): void {
    this.take(this.decoder.end());
    if (this.line !== "") this.onLine?.(this.line);
    this.text = this.text.replace(/\n$/, "");
  }

  private take(text: string): void {
    this.text += text;
    this.both.push(text);
    if (!this.onLine) return;
    const lines = (this.line + text).split("\n");
    this.line = lines.pop() ?? "";
    lines.forEach((line) => this.onLine?.(line.replace(/\r$/, "")));
  }
}
