import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { HttpError, httpsGet, poolOfEnvironment } from "./https-get";
import { ReleaseError } from "./release-error";
import { TransferProgress } from "../transfer-progress";

/** No archive of images comes near; a server that sends more is not the right one. */
const LARGEST = 4 * 1024 ** 3;
const TRIES = 3;

/** What of a download has arrived. */
interface Arrived {
  bytes: number;
  hash: ReturnType<typeof createHash>;
  /** Tells the server which content is meant when the rest is asked for. */
  validator?: string | undefined;
}

const nothing = (): Arrived => ({ bytes: 0, hash: createHash("sha256") });

/** One archive on its way. */
export class HttpsDownload {
  /** Without a query, which may hold a token. */
  private readonly shown: string;
  private arrived = nothing();

  constructor(
    private readonly url: URL,
    private readonly setting: string,
    private readonly report: (line: string) => void,
  ) {
    this.shown = `${url.origin}${url.pathname}`;
  }

  error(what: string, cause?: unknown): ReleaseError {
    const reason = cause === undefined ? "" : `: ${reasonOf(cause)}`;
    return new ReleaseError(`${this.setting}: ${this.shown} ${what}${reason}`);
  }

  /** Downloads to a new file and gives its sum. */
  async to(path: string, given: Dispatcher | undefined): Promise<string> {
    const file = await open(path, "ax", 0o600);
    let dispatcher = given;
    try {
      dispatcher ??= await poolOfEnvironment();
      for (let tries = 1; !(await this.attempt(file, dispatcher, tries)); tries++) {
        await sleep(500 * tries);
      }
      await file.sync();
      return this.arrived.hash.digest("hex");
    } catch (error) {
      const kept = error instanceof ReleaseError || isFileError(error);
      throw kept ? error : this.error("cannot be downloaded", error);
    } finally {
      await file.close();
      if (!given) await dispatcher?.destroy();
    }
  }

  /** Whether all has arrived; false where it makes sense to try again. */
  private async attempt(file: FileHandle, dispatcher: Dispatcher, tries: number): Promise<boolean> {
    try {
      await this.receive(file, dispatcher);
      return true;
    } catch (error) {
      if (tries === TRIES || !isPassing(error)) throw error;
      this.report(`${this.shown}: ${reasonOf(error)}; trying again`);
      return false;
    }
  }

  /** Asks for what has not arrived yet, and writes it. */
  private async receive(file: FileHandle, dispatcher: Dispatcher): Promise<void> {
    const { bytes, validator } = this.arrived;
    const rest = bytes > 0 && validator !== undefined;
    const range: Record<string, string> = rest
      ? { range: `bytes=${bytes}-`, "if-range": validator }
      : {};
    const { statusCode, headers, body } = await httpsGet(this.url, range, dispatcher);
    const header = (name: string) => headers[name] as string | undefined;
    if (statusCode === 200) {
      this.arrived = nothing();
      await file.truncate(0);
    } else if (!header("content-range")?.startsWith(`bytes ${bytes}-`)) {
      throw new HttpError("the server sends another part than was asked for", false);
    }
    const { arrived } = this;
    const etag = header("etag");
    // A weak one does not promise the same bytes.
    arrived.validator = etag?.startsWith("W/") ? undefined : etag;
    const length = header("content-length");
    const size = length === undefined ? undefined : arrived.bytes + Number(length);
    const tooLarge = () => this.error("is larger than 4 GiB, which no archive of Harbor is");
    if (size !== undefined && size > LARGEST) {
      body.on("error", () => undefined).destroy();
      throw tooLarge();
    }
    const progress = new TransferProgress(size, arrived.bytes, (line) =>
      this.report(`${this.shown}: ${line}`),
    );
    for await (const part of body) {
      const chunk = part as Buffer;
      if (arrived.bytes + chunk.length > LARGEST) throw tooLarge();
      // Unlike write, it does not return before all is written.
      await file.appendFile(chunk);
      arrived.hash.update(chunk);
      arrived.bytes += chunk.length;
      progress.add(chunk.length);
    }
    progress.end();
  }
}

type Failure = Error & { code?: string };

const isTls = ({ code = "" }: Failure) =>
  /^(ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code);

const isUnknownHost = ({ code }: Failure) => code === "ENOTFOUND" || code === "EAI_AGAIN";

/** Of this machine's file system, not of the network. */
const isFileError = (error: unknown) =>
  /^(ENOSPC|EDQUOT|EACCES|EROFS|EIO|ENOENT|ENOTDIR)$/.test((error as Failure).code ?? "");

function isPassing(error: unknown): boolean {
  if (error instanceof HttpError) return error.passing;
  const failure = error as Failure;
  return !(
    error instanceof ReleaseError ||
    isFileError(error) ||
    isTls(failure) ||
    failure.code === "ENOTFOUND"
  );
}

/** What failed, and what to do. */
function reasonOf(error: unknown): string {
  const failure = error as Failure;
  if (failure.code === "ENOSPC") return "no space is left; free some (ENOSPC)";
  if (isUnknownHost(failure)) {
    return `the host's name is not known here (${failure.code}); check it, or set HTTPS_PROXY`;
  }
  if (isTls(failure)) {
    return `TLS fails (${failure.code}); for a CA of your own, set NODE_EXTRA_CA_CERTS to its file`;
  }
  return failure.message || failure.code || failure.name;
}
