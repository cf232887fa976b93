import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standardInput } from "../../host/command";
import { shellFile } from "../../host/script";
import { type Run, secretLines, shell } from "./fixtures/shell";

const SECRETS = { tsig: "Secret-tsig", redis_password: "Secret-redis", other: "Secret-other" };
const PARTS = ["prelude", "redis-session", "round-robin", "gate", "health"];

let folder: string;
const path = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(path(name), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-health-timer-"));
  for (const name of ["opt/bin", "units", "etc", "run"]) {
    mkdirSync(path(name), { recursive: true });
  }
  symlinkSync("releases/1.1.2-a", path("opt/current"));
  writeFileSync(path("systemctl"), '#!/bin/sh\necho "$*" >>"${0%/*}/asked"\n', { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What systemd was asked for since the last time. */
function asked(): string[] {
  if (!existsSync(path("asked"))) return [];
  const lines = read("asked").trimEnd().split("\n");
  rmSync(path("asked"));
  return lines;
}

/** A step that has its parts as the bootstrap gives them, and runs `text`. */
function step(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Run> {
  const shipped = standardInput({ steps: ["start"] });
  const bootstrap =
    "declare -A part; while read -r kind name size && [ $kind = part ]; do " +
    'part[$name]=$(head -c "$size"; echo .); read -r _; done';
  return shell({
    parts: [],
    text: [
      bootstrap,
      ...[...PARTS, "health-timer", "health-install"].map(shellFile),
      "read_input",
      text,
    ].join("\n"),
    input: shipped + secretLines(SECRETS),
    environment: {
      PATH: `${folder}:${process.env["PATH"]}`,
      HEALTH_CHECKS: "true",
      ADDRESS: "192.0.2.11",
      CLUSTER: "harbor-ha/prod hub.example.com",
      PEERS: "hub2=192.0.2.12 hub3=192.0.2.13",
      DOMAIN: "hub.example.com",
      PORT: "8070",
      PROTOCOL: "http",
      MOUNT_POINT: "/mnt/it's here",
      INSTALL_DIR: path("opt"),
      DNS_SERVER: "192.0.2.53",
      DNS_PORT: "53",
      DNS_ZONE: "example.com",
      DNS_TTL: "5",
      TSIG_NAME: "harbor",
      TSIG_ALGORITHM: "hmac-sha256",
      REDIS_HOST: "192.0.2.41",
      REDIS_PORT: "6379",
      REDIS_DATABASE: "0",
      LEASES: "harbor-ha:id",
      ...environment,
    },
    paths: {
      "/etc/systemd/system": path("units"),
      "/etc/harbor-ha": path("etc/harbor-ha"),
      "/run/harbor-ha-health": path("run/harbor-ha-health"),
    },
  });
}

test("installs the program, what it reads, and its units; a second time, nothing is done", async () => {
  const { status, stderr, commandLines } = await step("install_health_timer");
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: "hub1: the node looks after its record by itself\n",
  });
  expect(asked()).toEqual([
    "daemon-reload",
    "restart harbor-ha-health.timer",
    "enable -q --now harbor-ha-health.timer",
  ]);
  for (const line of commandLines) expect(line).not.toMatch(/Secret-/);
  expect([
    statSync(path("etc/harbor-ha/health")).mode & 0o777,
    read("etc/harbor-ha/health"),
  ]).toEqual([
    0o600,
    secretLines({
      tsig: "Secret-tsig",
      redis_password: "Secret-redis",
      certificate_pin: "",
      release: "releases/1.1.2-a",
    }),
  ]);

  const before = statSync(path("opt/bin/health.sh")).mtimeMs;
  expect(await step("install_health_timer")).toMatchObject({ status: 0, stderr: "" });
  expect(asked()).toEqual(["enable -q --now harbor-ha-health.timer"]);
  expect(statSync(path("opt/bin/health.sh")).mtimeMs).toBe(before);
});

test("the program has the parts without their comments, and the parameters as they were", async () => {
  await step("install_health_timer");
  const program = read("opt/bin/health.sh");
  expect(program.match(/^#.*/gm)).toEqual(["#!/bin/bash"]);
  expect(program).not.toContain("Secret-");
  const seen = await shell({
    parts: [],
    text: `${program.replace(/health_tick\n$/, "")}\nread_input\nprintf '%s|' "$NODE" "$MOUNT_POINT" "$PEERS" "\${SECRET[tsig]}"; declare -F health_tick fetch redis_open remove_record`,
    input: read("etc/harbor-ha/health"),
  });
  expect(seen.stdout).toBe(
    "hub1|/mnt/it's here|hub2=192.0.2.12 hub3=192.0.2.13|Secret-tsig|health_tick\nfetch\nredis_open\nremove_record\n",
  );
});

test("another parameter changes the program alone, which is read anew at each run", async () => {
  await step("install_health_timer");
  asked();
  await step("install_health_timer", { PEERS: "hub2=192.0.2.12" });
  expect(asked()).toEqual(["enable -q --now harbor-ha-health.timer"]);
  expect(read("opt/bin/health.sh")).toContain("PEERS=hub2=192.0.2.12\n");
});

test.each([
  ["removing it", "remove_health_timer", {}],
  ["the setting", "install_health_timer", { HEALTH_CHECKS: "false" }],
])("%s takes everything away, and a second time nothing", async (_, text, environment) => {
  await step("install_health_timer");
  mkdirSync(path("run/harbor-ha-health"));
  writeFileSync(path("etc/harbor-ha/.harbor-ha.health"), "of a run that was killed");
  asked();
  const { stderr } = await step(text, environment);
  expect(stderr).toBe("hub1: the node no longer looks after its record by itself\n");
  expect(asked()).toEqual([
    "disable -q --now harbor-ha-health.timer",
    "stop harbor-ha-health.service",
    "daemon-reload",
  ]);
  for (const name of [
    "opt/bin/health.sh",
    "etc/harbor-ha",
    "units/harbor-ha-health.service",
    "units/harbor-ha-health.timer",
    "run/harbor-ha-health",
  ]) {
    expect([name, existsSync(path(name))]).toEqual([name, false]);
  }
  expect(await step(text, environment)).toMatchObject({ status: 0, stderr: "" });
  expect(asked()).toEqual([]);
});

test("a node that stays, as its record can't be withdrawn, goes on looking after it", async () => {
  const { status, stdout, stderr } = await shell({
    parts: ["prelude", "fstab-mark", "host-owner"],
    text: `withdraw_record() { fail "the node stays as it is"; }\nremove_health_timer() { echo removed; }\n${shellFile("stop")}`,
    environment: { INSTALL_DIR: path("opt"), DRAIN_TIMEOUT: "1" },
    paths: {
      "/run/lock/harbor-ha.lock": path("lock"),
      "/var/lib/harbor-ha": path("state"),
    },
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 1,
    stdout: "",
    stderr: "hub1: the node stays as it is\n",
  });
});
