import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { runStep, type StepRequest } from "../ssh/step";

/** What the step `switch` says on standard output, a word a line. */
const WORDS = ["nothing", "ready", "stopping", "serving"] as const;
type Word = (typeof WORDS)[number];

/** The step `switch` on one node, which waits for a word between its two halves. */
export class Participant {
  readonly node: string;
  /**
   * Whether the node waits for the word to go, having changed nothing; one without anything to
   * switch does not. Rejects as `end` where the step ended before it knew.
   */
  readonly ready: Promise<boolean>;
  /** The step's end. @throws NoConnection, StepFailed */
  readonly end: Promise<void>;
  private readonly input = new PassThrough();
  private readonly heard = new Map<Word, number>();

  /**
   * @param input what the step reads before the word to go
   * @param report takes each line that the step says for people
   */
  constructor(request: Omit<StepRequest, "stdin">, input: string, report: (line: string) => void) {
    this.node = request.node;
    this.input.write(input);
    const output = new PassThrough();
    const lines = createInterface({ input: output });
    const read = once(lines, "close");
    this.end = runStep({ ...request, stdin: this.input }, report, output)
      .then(() => undefined)
      .finally(() => {
        // Where no connection came about, nothing has ended it.
        output.end();
        return read;
      });
    this.ready = new Promise<boolean>((resolve, reject) => {
      lines.on("line", (line) => {
        const word = WORDS.find((known) => known === line);
        if (word === undefined) return;
        this.heard.set(word, performance.now());
        if (word === "ready" || word === "nothing") resolve(word === "ready");
      });
      this.end.then(() => resolve(false), reject);
    });
  }

  /** Rejects as `end` where the step has failed meanwhile. */
  stillThere(): Promise<void> {
    return Promise.race([this.end, Promise.resolve()]);
  }

  /** Has the node switch. */
  go(): void {
    this.input.end("go\n");
  }

  /** Has the node end without a change. */
  giveUp(): void {
    this.input.end();
  }

  /** When a word arrived, in milliseconds of this machine's clock, which is the same for all nodes. */
  at(word: Word): number | undefined {
    return this.heard.get(word);
  }
}
