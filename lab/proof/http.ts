import { request, type IncomingHttpHeaders } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * One request on a connection of its own, with a Host header of our choice (which `fetch` does not
 * allow): a node is asked by its address for what it serves under the common name.
 * @throws Error when there is no answer within ten seconds.
 */
export function ask(
  url: string,
  options: {
    readonly host: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly form?: Readonly<Record<string, string>>;
  },
): Promise<Answer> {
  const { host, headers, form } = options;
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: form ? "POST" : "GET",
        agent: false,
        timeout: 10_000,
        headers: {
          Host: host,
          ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
          ...headers,
        },
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
        response.on("error", reject);
      },
    );
    call.on("timeout", () => call.destroy(new Error(`no answer from ${url} within 10 s`)));
    call.on("error", reject);
    call.end(form && new URLSearchParams(form).toString());
  });
}
