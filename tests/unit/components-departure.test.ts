import { spawnSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { CephfsMount, type CephfsArgs } from "../../components/cephfs-mount";
import { Departure } from "../../components/departure";
import { DnsRoundRobin } from "../../components/dns-round-robin";
import { DockerClient } from "../../components/docker-client";
import { hostStep } from "../../components/host-step";
import type { DepartureRequest } from "../../host/depart/request";

const SSH = { user: "root", port: 22, privateKey: "Secret-ssh-key", dialAttempts: 30 };
const NODES = [
  { name: "hub1", address: "192.0.2.11", user: "ops" },
  { name: "hub2", address: "192.0.2.12" },
  { name: "hub3", address: "192.0.2.13" },
] as const;
const CEPHFS: CephfsArgs = {
  monitors: ["ceph1.example.com"],
  fileSystem: "cephfs",
  path: "/",
  client: "harbor",
  mountPoint: "/mnt/cephfs",
  driver: "fuse",
  dataDirectory: "data",
  key: "Secret-ceph-key",
};

interface Command {
  readonly type: string;
  readonly name: string;
  readonly deletedWith: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}
interface Request {
  getType(): string;
  getName(): string;
  getDeletedwith(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
}
interface Monitor {
  registerResource(request: Request, callback: unknown): unknown;
}

/** The commands that a program registers. */
async function commandsOf(program: () => void): Promise<Map<string, Command>> {
  const commands = new Map<string, Command>();
  await pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    "harbor-ha",
    "test",
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const type = request.getType();
    if (type.startsWith("command:")) {
      const [name, deletedWith] = [request.getName(), request.getDeletedwith()];
      commands.set(name, { type, name, deletedWith, inputs: request.getObject().toJavaScript() });
    }
    return register(request, callback);
  };
  program();
  await pulumi.runtime.disconnect();
  return commands;
}

function cluster(node: (typeof NODES)[number], releaseVersion = "1.1.2") {
  const dns = new DnsRoundRobin(
    "hub.example.com",
    NODES,
    {
      provider: "rfc2136",
      server: "ns1.example.com",
      port: 53,
      zone: "example.com",
      ttl: 30,
      tsig: { name: "harbor-ha", algorithm: "hmac-sha256", secret: "Secret-tsig" },
    },
    {},
  );
  const others = NODES.filter((each) => each !== node);
  const departure = new Departure(
    {
      host: node,
      ssh: SSH,
      membership: {
        cluster: "harbor-ha/prod hub.example.com",
        others,
        dns,
        mountPoint: "/mnt/cephfs",
      },
    },
    {},
  );
  new CephfsMount(
    {
      node,
      ssh: SSH,
      cephfs: CEPHFS,
      dns,
      cluster: "test",
      carrier: true,
      installPackages: true,
      departure,
    },
    {},
  );
  hostStep(
    {
      node,
      ssh: SSH,
      step: "start",
      undo: "stop",
      parameters: {
        INSTALL_DIR: "/opt/harbor",
        RELEASE_VERSION: releaseVersion,
        ADDRESS: node.address,
        ...dns.parameters,
      },
      secrets: { ...dns.secrets, release_digest: "Secret-digest" },
      departure,
    },
    {},
  );
  return departure;
}

const requestOf = (command: Command) =>
  JSON.parse((command.inputs["stdin"] as { value: string }).value) as DepartureRequest;
const firstLine = (step: { command: string }) => step.command.split("\n")[0];

test("a node's steps are deleted with its departure, and keep what takes each of them back", async () => {
  const commands = await commandsOf(() => cluster(NODES[2]));
  expect([...commands.keys()].sort()).toEqual(["hub3-departure", "hub3-mount", "hub3-start"]);
  for (const step of ["mount", "start"]) {
    const { deletedWith, inputs } = commands.get(`hub3-${step}`)!;
    expect(deletedWith).toMatch(/\$command:local:Command::hub3-departure$/);
    expect(inputs["delete"]).toMatch(/^# harbor-ha: (unmount|stop) on hub3 /);
  }
});

test("its deletion takes the steps back, last one first, with no more than that needs", async () => {
  const commands = await commandsOf(() => cluster(NODES[2]));
  const request = requestOf(commands.get("hub3-departure")!);
  expect(request).toMatchObject({ node: "hub3", patience: 30 });
  expect(request.undo.map(firstLine)).toEqual([
    expect.stringMatching(/^# harbor-ha: stop on hub3 /),
    expect.stringMatching(/^# harbor-ha: unmount on hub3 /),
  ]);
  const [stop, unmount] = request.undo;
  expect(stop!.connection).toMatchObject({ host: "192.0.2.13", user: "root", dialErrorLimit: 0 });
  expect(stop!.command).toContain("  DNS_SERVER='ns1.example.com' \\\n");
  expect(stop!.command).not.toContain("RELEASE_VERSION");
  expect(stop!.stdin).toContain("\nsecret tsig 11\nSecret-tsig\n");
  expect(unmount!.command).toContain("  MOUNT_POINT='/mnt/cephfs' \\\n");
  expect(unmount!.stdin).not.toContain("Secret-");
  expect(JSON.stringify(request)).not.toMatch(/Secret-(digest|ceph-key)/);
});

test("another release changes nothing about it", async () => {
  const before = await commandsOf(() => cluster(NODES[2]));
  const after = await commandsOf(() => cluster(NODES[2], "1.1.3"));
  expect(after.get("hub3-start")!.inputs).not.toEqual(before.get("hub3-start")!.inputs);
  expect(after.get("hub3-departure")!.inputs).toEqual(before.get("hub3-departure")!.inputs);
});

test("the other nodes are told whom to take out", async () => {
  const commands = await commandsOf(() => cluster(NODES[2]));
  const { expulsion } = requestOf(commands.get("hub3-departure")!);
  expect(expulsion!.others.map(firstLine)).toEqual([
    expect.stringMatching(/^# harbor-ha: expel on hub1 /),
    expect.stringMatching(/^# harbor-ha: expel on hub2 /),
  ]);
  for (const { command } of expulsion!.others) {
    expect(command).toContain("  LEAVING='hub3' \\\n");
    expect(command).toContain("  ADDRESS='192.0.2.13' \\\n");
  }
  expect(expulsion!.others.map(({ command }) => command.includes("exec sudo -n env "))).toEqual([
    true,
    false,
  ]);
  expect(expulsion!.stdin).toContain("\nsecret tsig 11\nSecret-tsig\n");
  expect(expulsion!.byHand).toBe("Take the record hub.example.com A 192.0.2.13 away by hand.");
});

test("creating and updating it does nothing, and nothing in it but its input is secret", async () => {
  const { inputs } = (await commandsOf(() => cluster(NODES[2]))).get("hub3-departure")!;
  expect(Object.keys(inputs).sort()).toEqual([
    "addPreviousOutputInEnv",
    "create",
    "delete",
    "stdin",
  ]);
  const { stdin, ...plain } = inputs;
  expect(stdin).toHaveProperty("4dabf18193072939515e22adb298388d");
  expect(JSON.stringify(plain)).not.toContain("Secret");
  const ran = spawnSync("/bin/sh", ["-c", String(inputs["create"])], { encoding: "utf8", env: {} });
  expect(ran).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(inputs["delete"]).toMatch(/ host\/depart\/main\.ts\n$/);
});

test("a client leaves by itself, and no node is told", async () => {
  const commands = await commandsOf(
    () =>
      new DockerClient(
        {
          client: { name: "builder", address: "192.0.2.40" },
          ssh: SSH,
          registry: "hub.example.com:8070",
          protocol: "http",
        },
        {},
      ),
  );
  expect(commands.get("builder-client")!.deletedWith).toMatch(/::builder-departure$/);
  const request = requestOf(commands.get("builder-departure")!);
  expect(request.undo.map(firstLine)).toEqual([
    expect.stringMatching(/^# harbor-ha: unclient on builder /),
  ]);
  expect(request).not.toHaveProperty("expulsion");
  expect(request.comeback).toContain("clients");
});

test("a step that comes too late to be taken back is an error of the program", async () => {
  let departure: Departure | undefined;
  await commandsOf(() => {
    departure = cluster(NODES[2]);
  });
  expect(() => departure!.takeBack(pulumi.output({} as never))).toThrow(
    /after its host's departure/,
  );
});
