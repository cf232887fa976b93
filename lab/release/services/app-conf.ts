import { readFileSync } from "node:fs";

/** The port in an app.conf: `httpport` in the section of `runmode`. Default: 80. */
export function parseHttpPort(text: string): number {
  const values = new Map<string, string>();
  let section = "";
  for (const line of text.split("\n")) {
    const heading = /^\s*\[(.+)\]\s*$/.exec(line);
    if (heading) section = `${heading[1]}.`;
    const pair = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair) values.set(`${section}${pair[1]}`, pair[2] ?? "");
  }
  const mode = values.get("runmode") ?? "dev";
  const port = Number(values.get(`${mode}.httpport`) ?? values.get("httpport") ?? 80);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error("httpport: no port");
  return port;
}

/** The port in the file that CONFIG_PATH names. */
export function httpPort(env: NodeJS.ProcessEnv): number {
  return env.CONFIG_PATH ? parseHttpPort(readFileSync(env.CONFIG_PATH, "utf8")) : 80;
}
