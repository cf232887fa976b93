import type { Dispatcher } from "undici";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;
/** Milliseconds without a byte after which a connection counts as broken. */
const SILENCE = 60_000;

/** A failed request. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  /** @param passing Whether it may be another matter the next time. */
  constructor(
    message: string,
    readonly passing: boolean,
  ) {
    super(message);
  }
}

/** A connection pool that goes by HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export async function poolOfEnvironment(): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import("undici");
  const warn = process.emitWarning.bind(process);
  // It says at its first use that it may change in another version, which package.json pins.
  process.emitWarning = () => undefined;
  try {
    return new EnvHttpProxyAgent();
  } catch {
    // The parser's own message may quote the address, which may hold a password.
    throw new HttpError(
      "HTTPS_PROXY or HTTP_PROXY of the environment is not a URL; correct or unset it",
      false,
    );
  } finally {
    process.emitWarning = warn;
  }
}

/**
 * Asks for a URL, following redirects to https only.
 * @returns The response, of status 200, or 206 where a range was asked for.
 * @throws HttpError for any other status.
 */
export async function httpsGet(
  url: URL,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
): Promise<Dispatcher.ResponseData> {
  const { request } = await import("undici");
  let target = url;
  for (let redirects = 0; ; redirects++) {
    const response = await request(target, {
      headers: { "user-agent": "harbor-ha", "accept-encoding": "identity", ...headers },
      dispatcher,
      headersTimeout: SILENCE,
      bodyTimeout: SILENCE,
    });
    const { statusCode, body } = response;
    if (statusCode === 200 || (statusCode === 206 && "range" in headers)) return response;
    // A connection whose body is not read is not free for the next request.
    await body.dump();
    if (!REDIRECTS.has(statusCode)) throw statusError(statusCode);
    if (redirects === MOST_REDIRECTS) throw new HttpError("it redirects too often", false);
    target = redirectTarget(response, target);
  }
}

function redirectTarget({ headers }: Dispatcher.ResponseData, from: URL): URL {
  const location = String(headers.location);
  if (headers.location === undefined || !URL.canParse(location, from.href)) {
    throw new HttpError("it redirects to no address", false);
  }
  const target = new URL(location, from);
  if (target.protocol !== "https:") {
    throw new HttpError(`it redirects to ${target.host} without TLS; only https is taken`, false);
  }
  return target;
}

function statusError(status: number): HttpError {
  if (status === 404 || status === 410) {
    return new HttpError(`it is not there (${status}); check the address`, false);
  }
  if (status === 401 || status === 403) {
    return new HttpError(
      `the server refuses it (${status}); name an address that needs no login, or a file`,
      false,
    );
  }
  return new HttpError(`the server answers ${status}`, status >= 500 || status === 429);
}
