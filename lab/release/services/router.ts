import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { describeError, log } from "./log";

/** A request as the handlers see it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  /** The parts of the path that the route's pattern captured. */
  readonly captured: readonly string[];
  readonly body: string;
}

export interface Response {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export type Handler = (request: Request) => Promise<Response> | Response;

/** Ends a request with a status, from however deep a handler has gone. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message = "",
  ) {
    super(message);
  }
}

/** Answers a request itself, for bodies that are passed on as they come. */
export type RawHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

const MAX_BODY = 16 * 1024 * 1024;

export const json = (value: unknown, headers?: Response["headers"]): Response => ({
  status: 200,
  body: JSON.stringify(value),
  headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
});

export const empty = (status: number, headers?: Response["headers"]): Response => ({
  status,
  headers,
});

/** Parses a JSON object. @throws HttpError 400 for anything else. */
export function parseObject(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // The same answer as for another kind of value.
  }
  throw new HttpError(400, "the body has to be a JSON object");
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY) throw new HttpError(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Routes by method and pattern, the first match winning. */
export class Router {
  private readonly routes: Route[] = [];
  private readonly rawRoutes = new Map<string, RawHandler>();

  on(method: string, pattern: RegExp, handler: Handler): this {
    this.routes.push({ method, pattern, handler });
    return this;
  }

  /** Hands over every request whose path begins with the prefix. */
  raw(prefix: string, handler: RawHandler): this {
    this.rawRoutes.set(prefix, handler);
    return this;
  }

  private async answer(incoming: IncomingMessage): Promise<Response> {
    const url = new URL(incoming.url ?? "/", "http://service");
    const method = incoming.method ?? "GET";
    for (const route of this.routes) {
      const match = route.method === method && route.pattern.exec(url.pathname);
      if (!match) continue;
      return route.handler({
        method,
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        captured: match.slice(1),
        body: await readBody(incoming),
      });
    }
    return empty(404);
  }

  private async respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let response: Response;
    try {
      response = await this.answer(incoming);
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      if (status >= 500) log.error(`${incoming.method} ${incoming.url}: ${describeError(error)}`);
      response = { status, body: error instanceof HttpError ? error.message : "" };
    }
    outgoing.writeHead(response.status, response.headers);
    outgoing.end(response.body);
    log.debug(`${incoming.method} ${incoming.url?.split("?")[0]} ${response.status}`);
  }

  listen(port: number): Server {
    const server = createServer((incoming, outgoing) => {
      for (const [prefix, handler] of this.rawRoutes) {
        if (incoming.url?.startsWith(prefix)) return void handler(incoming, outgoing);
      }
      return void this.respond(incoming, outgoing);
    });
    // An image's layer takes as long as the client's line needs.
    server.requestTimeout = 0;
    // Longer than the proxy keeps a connection, so that it never writes to one just closed.
    server.keepAliveTimeout = 75_000;
    return server.listen(port);
  }
}
