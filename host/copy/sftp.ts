import type { Client, SFTPWrapper } from "ssh2";

/** SFTP's own code for a path that is not there. */
const NO_SUCH_FILE = 2;

/** Bytes of a request: the most that a server has to take, so that none is split in two. */
const REQUEST_SIZE = 31 * 1024;
/** Requests under way at once: one at a time, a large file waits for every round trip. */
const REQUESTS = 96;

type Failure = (Error & { code?: number }) | null | undefined;

function call<T>(action: (done: (error: Failure, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    action((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

/** The file transfers of a connection. */
export class Sftp {
  private constructor(private readonly sftp: SFTPWrapper) {}

  static async open(client: Client): Promise<Sftp> {
    return new Sftp(await call<SFTPWrapper>((done) => client.sftp(done)));
  }

  /** The size of a file in bytes, undefined where there is none. */
  async size(path: string): Promise<number | undefined> {
    try {
      const stats = await call<{ size: number }>((done) => this.sftp.stat(path, done));
      return stats.size;
    } catch (error) {
      if ((error as { code?: number }).code === NO_SUCH_FILE) return undefined;
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    await call((done) => this.sftp.unlink(path, done));
  }

  /**
   * Writes chunks one behind the other, many requests at a time, and resolves when all have arrived.
   * @param from The offset to begin at: 0 makes the file anew, another keeps what is before it.
   * @param onWritten Takes the number of bytes with each request that is done.
   */
  async write(
    path: string,
    from: number,
    chunks: AsyncIterable<Buffer>,
    onWritten: (bytes: number) => void,
  ): Promise<void> {
    const file = await call<Buffer>((done) => this.sftp.open(path, from === 0 ? "w" : "r+", done));
    const underWay = new Set<Promise<void>>();
    let position = from;
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; start += REQUEST_SIZE) {
        const length = Math.min(REQUEST_SIZE, chunk.length - start);
        const at = position;
        position += length;
        const written = call<void>((done) =>
          this.sftp.write(file, chunk, start, length, at, done),
        ).then(() => {
          underWay.delete(written);
          onWritten(length);
        });
        // It is waited for below, but maybe not before it fails.
        written.catch(() => undefined);
        underWay.add(written);
        if (underWay.size >= REQUESTS) await Promise.race(underWay);
      }
    }
    await Promise.all(underWay);
    await call((done) => this.sftp.close(file, done));
  }
}
