import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { SwitchRequest } from "../../host/switch/request";
import { switchTogether } from "../../host/switch/switch";
import { hostKey, sshServer, type SshServer, userKey } from "./fixtures/ssh-server";

/* The program against nodes whose step is played: what each was told stands in a file. */

let ssh: SshServer;
let folder: string;
let lines: string[];
beforeEach(async () => {
  ssh = await sshServer();
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-switch-"));
  lines = [];
});
afterEach(async () => {
  await ssh.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a node does before it is ready, and after it was told to go. */
interface Play {
  readonly before?: string;
  readonly after?: string;
  readonly port?: number;
}

const NOTHING: Play = { before: "echo nothing; exit" };

function request(nodes: Readonly<Record<string, Play>>): SwitchRequest {
  return {
    nodes: Object.entries(nodes).map(([node, { before = "", after = "", port = ssh.port }]) => ({
      node,
      connection: {
        ...{ host: "127.0.0.1", port, user: "root", dialErrorLimit: 0, perDialTimeout: 5 },
        ...{ privateKey: userKey.private, hostKey: hostKey.public },
      },
      command: [
        'read -r input; [ "$input" = input ] || exit 9',
        before || ":",
        "echo ready; read -r word || word=nothing",
        `echo "$word" >${folder}/${node}; [ "$word" = go ] || exit 1`,
        `echo stopping; ${after || "sleep 0.2"}; echo serving; echo ${node}: switched >&2`,
      ].join("\n"),
    })),
    stdin: "input\n",
    stamps: [],
  };
}

/** What a node was told; undefined for one that was never ready. */
function told(node: string): string | undefined {
  const file = join(folder, node);
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

const run = (nodes: Readonly<Record<string, Play>>) =>
  switchTogether(request(nodes), (line) => lines.push(line));
const failure = (nodes: Readonly<Record<string, Play>>) =>
  run(nodes).then(
    () => "",
    (error: Error) => error.message,
  );

/** A port at which nothing answers. */
async function silentPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test("no node goes before the last one is ready, and then all do", async () => {
  const last = `[ -e ${folder}/hub1 ] && echo hub2: too early >&2; sleep 0.3`;
  await run({ hub1: {}, hub2: { before: last } });
  expect([told("hub1"), told("hub2")]).toEqual(["go", "go"]);
  expect(lines.slice(0, -1).sort()).toEqual(["hub1: switched", "hub2: switched"]);
});

test("the time without service is from the first that stops to the last that serves", async () => {
  await run({ hub1: { after: "sleep 0.1" }, hub2: { after: "sleep 0.6" } });
  const [, seconds] =
    /^keypair: 2 nodes switched together; (\d\.\d) s without service \(from the first proxy stopped to the last node that accepts tokens\)$/.exec(
      lines.at(-1)!,
    )!;
  expect(Number(seconds)).toBeGreaterThanOrEqual(0.6);
  expect(Number(seconds)).toBeLessThan(3);
});

test("a node with nothing to switch holds nobody up", async () => {
  await run({ hub1: NOTHING, hub2: {} });
  expect([told("hub1"), told("hub2")]).toEqual([undefined, "go"]);
  expect(lines.at(-1)).toMatch(/^keypair: 1 node switched together; /);
});

test("where no node has another keypair, nothing is done", async () => {
  await run({ hub1: NOTHING, hub2: NOTHING });
  expect(lines).toEqual(["keypair: no node runs with another one, nothing to switch"]);
});

test("one that cannot be reached keeps all from it", async () => {
  const port = await silentPort();
  expect(await failure({ hub1: {}, hub2: { port }, hub3: NOTHING })).toBe(
    "keypair: hub2 cannot switch, so nothing was changed on any node: all nodes get another keypair " +
      "together; bring hub2 back, or take it out of the settings (nodes)",
  );
  expect(lines).toEqual([
    expect.stringMatching(`^hub2: no SSH to 127.0.0.1:${port}: .*ECONNREFUSED`),
  ]);
  expect(told("hub1")).toBe("nothing");
});

test("one that cannot prepare keeps all from it", async () => {
  const hub2 = { before: "echo hub2: the release is not staged >&2; exit 1" };
  expect(await failure({ hub1: {}, hub2 })).toBe(
    "keypair: hub2 cannot switch, so nothing was changed on any node: the lines above say why; " +
      "correct that and run again",
  );
  expect(lines).toEqual(["hub2: the release is not staged"]);
  expect(told("hub1")).toBe("nothing");
});

test("one that is lost while it waits for the last keeps all from it", async () => {
  const lost = "echo ready; exit 1";
  expect(await failure({ hub1: { before: lost }, hub2: { before: "sleep 0.5" } })).toMatch(
    /^keypair: hub1 cannot switch, so nothing was changed on any node/,
  );
  expect(told("hub2")).toBe("nothing");
});

test("where one fails on its way, the others go on, and the error names it", async () => {
  const message = await failure({ hub1: { after: "exit 1" }, hub2: { after: "sleep 0.3" } });
  expect(message).toMatch(/^keypair: hub1 failed after the switch had begun; .* run again/);
  expect(lines).toEqual(["hub2: switched"]);
});

describe("as the engine starts it", () => {
  const start = (nodes: Readonly<Record<string, Play>>) => {
    const child = spawn(process.execPath, ["--require", "./loader.js", "host/switch/main.ts"], {
      cwd: resolve(__dirname, "../.."),
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stdin.end(JSON.stringify(request(nodes)));
    return child;
  };

  test("it says what came of it, by its status too", async () => {
    const good = start({ hub1: {} });
    expect(await text(good.stderr)).toMatch(/^hub1: switched\nkeypair: 1 node switched together; /);
    const bad = start({ hub1: { before: "exit 1" } });
    const closed = once(bad, "close");
    expect(await text(bad.stderr)).toMatch(/^keypair: hub1 cannot switch/);
    expect(await closed).toEqual([1, null]);
  });

  test("killed before the last node is ready, it leaves all as they were", async () => {
    const ready = join(folder, "ready");
    const child = start({
      hub1: { before: `touch ${ready}` },
      hub2: { before: "sleep 5; exit 1" },
    });
    while (!existsSync(ready)) await sleep(20);
    child.kill("SIGKILL");
    while (told("hub1") === undefined) await sleep(20);
    expect(told("hub1")).toBe("nothing");
  });
});
