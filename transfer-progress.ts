/** Milliseconds between two lines at least. */
const INTERVAL = 2000;

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/** "95 MB/s", with a decimal where there are few. */
function rate(bytes: number, milliseconds: number): string {
  const perSecond = bytes / 1e3 / Math.max(milliseconds, 1);
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} MB/s`;
}

/** Tells how far a transfer is: a line now and then, and one at its end. */
export class TransferProgress {
  private readonly started: { at: number; bytes: number };
  private last: { at: number; bytes: number };

  /**
   * @param size Bytes of the whole; undefined where nobody says.
   * @param bytes Those that were there before.
   * @param report Takes a line.
   * @param now Milliseconds of a clock.
   */
  constructor(
    private readonly size: number | undefined,
    private bytes: number,
    private readonly report: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.started = { at: now(), bytes };
    this.last = this.started;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    const at = this.now();
    if (at - this.last.at < INTERVAL) return;
    const speed = rate(this.bytes - this.last.bytes, at - this.last.at);
    this.report(`${megabytes(this.bytes)} ${this.ofWhole()}, ${speed}`);
    this.last = { at, bytes: this.bytes };
  }

  /** The last line. */
  end(): void {
    const took = this.now() - this.started.at;
    const transferred = this.bytes - this.started.bytes;
    const seconds = Math.round(took / 1000);
    this.report(`${megabytes(transferred)} MB in ${seconds} s, ${rate(transferred, took)}`);
  }

  private ofWhole(): string {
    if (this.size === undefined) return "MB";
    const percent = Math.floor((100 * this.bytes) / this.size);
    return `of ${megabytes(this.size)} MB (${percent} %)`;
  }
}
