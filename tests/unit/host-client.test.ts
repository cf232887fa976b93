import { chmodSync, lstatSync, statSync, symlinkSync } from "node:fs";
import { DockerHost } from "./fixtures/docker-host";

const REGISTRY = "hub.example.com:8070";
const HOST_CA = `etc/docker/certs.d/${REGISTRY}/ca.crt`;
const CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const FILE = "etc/docker/daemon.json";
const OURS = `{\n  "insecure-registries": ["${REGISTRY}"]\n}\n`;

// Each case is several runs of a whole script, which a busy machine slows down.

let host: DockerHost;
beforeEach(() => (host = new DockerHost()));
afterEach(() => host.end());

async function ok(...given: Parameters<DockerHost["run"]>): Promise<string> {
  const { status, stderr } = await host.run(...given);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stderr;
}

async function refused(...given: Parameters<DockerHost["run"]>): Promise<string> {
  const { status, stderr } = await host.run(...given);
  expect({ status, stderr }).toMatchObject({ status: 1 });
  return stderr;
}

/** Files of daemon.json: what is there before, and what becomes of it. */
const FILES: readonly (readonly [string, string, string])[] = [
  ["an empty object", "{}", `{\n  "insecure-registries": ["${REGISTRY}"]\n}`],
  [
    "other settings, tabs",
    '{\n\t"log-opts": {"max-size": "10m"},\n\t"bip": "10.9.0.1/16"\n}\n',
    `{\n\t"log-opts": {"max-size": "10m"},\n\t"bip": "10.9.0.1/16",\n\t"insecure-registries": ["${REGISTRY}"]\n}\n`,
  ],
  [
    "a list on lines of its own, and more after it",
    '{\n    "insecure-registries" : [\n        "a:1",\n        "b]\\"}:2"\n    ],\n    "debug": true\n}',
    `{\n    "insecure-registries" : [\n        "a:1",\n        "b]\\"}:2",\n        "${REGISTRY}"\n    ],\n    "debug": true\n}`,
  ],
  [
    "a list on one line, numbers as they were written",
    '{"x": 1.50e3, "insecure-registries": ["a:1"], "y": 12345678901234567890}\n',
    `{"x": 1.50e3, "insecure-registries": ["a:1", "${REGISTRY}"], "y": 12345678901234567890}\n`,
  ],
  [
    "an empty list, line ends of another system",
    '{\r\n  "insecure-registries": [ ],\r\n  "key": "ü"\r\n}\r\n',
    `{\r\n  "insecure-registries": ["${REGISTRY}"],\r\n  "key": "ü"\r\n}\r\n`,
  ],
  [
    "a list of the same name further in",
    '{"proxies": {"insecure-registries": ["x"]}}',
    `{"proxies": {"insecure-registries": ["x"]}, "insecure-registries": ["${REGISTRY}"]}`,
  ],
];

describe("without TLS", () => {
  test.each(FILES)("an entry beside what is there, and back: %s", async (_, before, after) => {
    host.has(before);
    const files = host.files;
    await ok("client");
    expect(host.files[FILE]).toBe(after);
    expect(host.trusted).toContain(REGISTRY);
    await ok("unclient");
    expect(host.files).toEqual(files);
    expect(host.trusted).not.toContain(REGISTRY);
  });

  test("a file and folders that were not there are made, and go again", async () => {
    await ok("client");
    expect(host.files[FILE]).toBe(OURS);
    expect(statSync(host.daemonJson).mode & 0o777).toBe(0o644);
    expect(statSync(host.stateDir).mode & 0o777).toBe(0o700);
    await ok("unclient");
    expect(host.files).toEqual({});
    expect(host.trusted).toEqual([]);
  });

  test("a second run changes nothing and reloads nothing", async () => {
    host.has('{"debug": true}');
    await ok("client");
    const [files, { ino }] = [host.files, statSync(host.daemonJson)];
    await ok("client");
    expect(host.files).toEqual(files);
    expect(statSync(host.daemonJson).ino).toBe(ino);
    expect(host.reloads).toBe(1);
  });

  test("the file's mode stays", async () => {
    host.has("{}");
    chmodSync(host.daemonJson, 0o600);
    await ok("client");
    expect(statSync(host.daemonJson).mode & 0o777).toBe(0o600);
    await ok("unclient");
    expect(statSync(host.daemonJson).mode & 0o777).toBe(0o600);
  });

  test.each([REGISTRY, `http://${REGISTRY}`])(
    "an entry of somebody else stays: %s",
    async (entry) => {
      host.has(`{"insecure-registries":["${entry}"]}`, [REGISTRY]);
      const files = host.files;
      await ok("client");
      expect(host.files).toEqual(files);
      await ok("unclient");
      expect(host.files).toEqual(files);
      expect([host.trusted, host.reloads]).toEqual([[REGISTRY], 0]);
    },
  );

  test("an entry that docker has not read yet only needs a reload", async () => {
    host.has(OURS);
    const files = host.files;
    await ok("client");
    expect(host.files).toEqual(files);
    expect([host.trusted, host.reloads]).toEqual([[REGISTRY], 1]);
  });

  test.each([
    [
      "another entry",
      `{\n  "insecure-registries": ["${REGISTRY}", "b:2"]\n}\n`,
      `{\n  "insecure-registries": ["b:2"]\n}\n`,
    ],
    [
      "another setting",
      `{\n  "debug": true,\n  "insecure-registries": ["${REGISTRY}"]\n}\n`,
      `{\n  "debug": true\n}\n`,
    ],
    ["our entry taken away", `{"debug": true}`, `{"debug": true}`],
    ["our entry again, as docker reads it", `{"insecure-registries":["http://${REGISTRY}"]}`, ""],
  ])("what somebody changed since stays: %s", async (_, changed, after) => {
    await ok("client");
    host.write(FILE, changed);
    await ok("unclient");
    expect(host.files).toEqual({ "etc/docker/": "", [FILE]: after === "" ? changed : after });
    expect(host.trusted.includes(REGISTRY)).toBe(after === "");
  });

  test("a file that somebody emptied of other things goes, as before there was none", async () => {
    await ok("client");
    host.write(FILE, `{ "insecure-registries": [ "${REGISTRY}" ] }`);
    await ok("unclient");
    expect(host.files).toEqual({});
  });

  test("a list that was there stays, empty, beside what somebody changed", async () => {
    host.has('{"insecure-registries": []}');
    await ok("client");
    host.write(FILE, `{"insecure-registries": ["${REGISTRY}"], "debug": true}`);
    await ok("unclient");
    expect(host.files[FILE]).toBe('{"insecure-registries": [], "debug": true}');
  });

  test("another registry takes the place of the first", async () => {
    host.has('{"insecure-registries": ["a:1"]}');
    const files = host.files;
    await ok("client");
    await ok("client", { registry: "hub2.example.com" });
    expect(host.trusted).toEqual(["a:1", "hub2.example.com"]);
    await ok("unclient", { registry: "hub2.example.com" });
    expect(host.files).toEqual(files);
  });

  test.each([
    ["no JSON", '{"debug": true,}', "is not valid JSON"],
    ["a comment", '{} // "x"', "is not valid JSON"],
    ["no object", "[]", "is not a JSON object"],
    ["a list that is none", '{"insecure-registries": "a[:1]"}', "that is not a list"],
    [
      "two lists",
      '{"insecure-registries": [], "insecure-registries": []}',
      "has insecure-registries more than once",
    ],
  ])("a file with %s is an error and left as it is", async (_, content, message) => {
    host.has(content);
    const files = host.files;
    const stderr = await refused("client");
    expect(stderr).toContain(`hub1: ${host.daemonJson} `);
    expect(stderr).toContain(message);
    expect(host.files).toEqual(files);
    expect(host.reloads).toBe(0);
  });

  test("an entry that docker does not take is taken out again, with what docker says", async () => {
    host.has('{"debug": true}');
    host.write("daemon/refuses", "");
    const files = host.files;
    const stderr = await refused("client");
    expect(stderr).toContain("what dockerd says");
    expect(stderr).toContain(`docker does not take ${REGISTRY} from ${host.daemonJson}`);
    expect(host.files).toEqual(files);
  });

  test("a reload that docker refuses keeps what is known, so that the next run ends it", async () => {
    host.has('{"debug": true}');
    const files = host.files;
    await ok("client");
    host.write("daemon/refuses", "");
    expect(await refused("unclient")).toContain("docker did not read it again");
    expect(host.files[FILE]).toBe(files[FILE]);
    host.remove("daemon/refuses");
    await ok("unclient");
    expect(host.files).toEqual(files);
    expect(host.trusted).toEqual([]);
  });

  test.each([
    ["that names the registry is enough", [REGISTRY], 0, "nothing is changed"],
    ["that does not is an error", [], 1, `add ${REGISTRY} where the flag stands`],
  ])("a flag --insecure-registry %s", async (_, trusted, status, words) => {
    host.has('{"debug": true}', trusted);
    host.write("proc/42/cmdline", "dockerd\0--insecure-registry=x\0");
    const files = host.files;
    const run = await host.run("client");
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(words);
    expect([host.files, host.reloads]).toEqual([files, 0]);
  });

  test("a host without docker, or one whose docker does not answer, is an error", async () => {
    host.remove("daemon/running");
    expect(await refused("client")).toContain("docker does not answer on this host");
    expect(await refused("client", { before: "command() { false; }" })).toContain(
      "docker is not installed on this host",
    );
    expect(host.files).toEqual({});
  });

  test("what is ours goes where docker is gone", async () => {
    await ok("client");
    host.remove("daemon/running");
    await ok("unclient");
    expect(host.files).toEqual({});
  });

  test("a link to the file stays one", async () => {
    host.write("etc/managed.json", "{}");
    host.write("etc/docker/other", "");
    symlinkSync("../managed.json", host.daemonJson);
    await ok("client");
    expect(lstatSync(host.daemonJson).isSymbolicLink()).toBe(true);
    expect(host.files["etc/managed.json"]).toContain(REGISTRY);
    await ok("unclient");
    expect(lstatSync(host.daemonJson).isSymbolicLink()).toBe(true);
    expect(host.files["etc/managed.json"]).toBe("{}");
  });
});

describe("with a CA", () => {
  const https = { protocol: "https", ca: CA } as const;

  test("its file is where docker looks for it, for all to read, and goes again", async () => {
    await ok("client", https);
    expect(host.files[HOST_CA]).toBe(CA);
    expect(statSync(host.dockerDir).mode & 0o777).toBe(0o755);
    await ok("client", https);
    expect(host.files[HOST_CA]).toBe(CA);
    await ok("unclient", https);
    expect(host.files).toEqual({});
    expect(host.reloads).toBe(0);
  });

  test("a renewed CA takes the place of ours", async () => {
    await ok("client", https);
    await ok("client", { ...https, ca: `${CA}${CA}` });
    expect(host.files[HOST_CA]).toBe(`${CA}${CA}`);
  });

  test("another registry's CA takes the place of the first's", async () => {
    await ok("client", https);
    await ok("client", { ...https, registry: "hub2.example.com" });
    expect(Object.keys(host.files).filter((name) => name.endsWith(".crt"))).toEqual([
      "etc/docker/certs.d/hub2.example.com/ca.crt",
    ]);
  });

  test("a file of somebody else is an error and stays", async () => {
    host.write(HOST_CA, "another CA\n");
    const files = host.files;
    expect(await refused("client", https)).toContain("is not ours: it was left as it is");
    expect(host.files).toEqual(files);
  });

  test("the same CA of somebody else is enough, and stays", async () => {
    host.write(HOST_CA, CA);
    const files = host.files;
    await ok("client", https);
    await ok("unclient", https);
    expect(host.files).toEqual(files);
  });

  test("our file as somebody changed it stays, and so do others in the folder", async () => {
    await ok("client", https);
    host.write(HOST_CA, "another CA\n");
    host.write("etc/docker/certs.d/other/ca.crt", CA);
    expect(await ok("unclient", https)).toContain("was changed by somebody else and stays");
    expect(
      Object.keys(host.files)
        .filter((name) => name.endsWith(".crt"))
        .sort(),
    ).toEqual([HOST_CA, "etc/docker/certs.d/other/ca.crt"].sort());
  });

  test("a CA that hosts trust needs no file, and takes ours away", async () => {
    await ok("client", https);
    expect(await ok("client", { protocol: "https" })).toContain("docker needs nothing for");
    expect(host.files).toEqual({});
  });
});

test("from HTTP to HTTPS and back, each leaves nothing of the other", async () => {
  host.has('{"debug": true}');
  const files = host.files;
  await ok("client");
  await ok("client", { protocol: "https", ca: CA });
  expect([host.files[FILE], host.files[HOST_CA]]).toEqual([files[FILE], CA]);
  expect(host.trusted).toEqual([]);
  await ok("client");
  expect(host.files[HOST_CA]).toBeUndefined();
  expect(host.trusted).toEqual([REGISTRY]);
  await ok("unclient");
  expect(host.files).toEqual(files);
});

describe("killed anywhere, the next run converges", () => {
  const killedAt = (command: number) => ({
    before: `n=0; set -T; trap '((++n != ${String(command)})) || kill -9 $$' DEBUG`,
  });
  /** Shares no factor with 2 and 3, by which the cases below are told apart. */
  const STRIDE = 41;

  test.each([
    ["http", undefined],
    ["https", CA],
  ] as const)(
    "%s",
    async (protocol, ca) => {
      const given = { protocol, ...(ca && { ca }) };
      for (const step of ["client", "unclient"] as const) {
        for (let command = 1, killed = true; killed; command += STRIDE) {
          host.end();
          host = new DockerHost();
          if (command % 2 === 0) host.has('{"debug": true}');
          const before = host.files;
          if (step === "unclient") await ok("client", given);
          killed = (await host.run(step, { ...given, ...killedAt(command) })).status === null;
          if (command % 3 === 0) {
            await ok("client", given);
            expect(host.trusted).toEqual(protocol === "http" ? [REGISTRY] : []);
            expect(host.files[HOST_CA]).toBe(ca);
          }
          await ok("unclient", given);
          expect({ step, command, files: host.files }).toEqual({ step, command, files: before });
          expect(host.trusted).toEqual([]);
        }
      }
    },
    60_000,
  );
});
