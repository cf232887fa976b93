import * as pulumi from "@pulumi/pulumi";
import { DockerClient, type DockerClientArgs } from "../../components/docker-client";
import { clientInstructions } from "../../host/docker-client";

const CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

const CLIENT: DockerClientArgs = {
  client: { name: "builder", address: "192.0.2.40", user: "ops", port: 2222 },
  ssh: { user: "root", port: 22, privateKey: "Secret-ssh-key", dialAttempts: 30 },
  registry: "hub.example.com:8070",
  protocol: "http",
};

/** A secret input, with what it hides. */
interface Secret<T> {
  readonly value: T;
}
interface Command {
  readonly name: string;
  readonly create: string;
  readonly delete: string;
  readonly stdin: Secret<string>;
  readonly connection: Secret<Readonly<Record<string, unknown>>>;
}

/** The commands that a client becomes. */
async function commandsOf(changes: Partial<DockerClientArgs> = {}): Promise<Command[]> {
  const commands: Command[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, type, inputs }) => {
        if (type === "command:remote:Command") commands.push({ name, ...inputs } as Command);
        return { id: name, state: {} };
      },
      call: () => ({}),
    },
    "harbor-ha",
    "test",
  );
  new DockerClient({ ...CLIENT, ...changes }, {});
  await pulumi.runtime.disconnect();
  return commands;
}

test("a client is one command that can be taken back, at its own address", async () => {
  const [command, ...others] = await commandsOf();
  expect(others).toEqual([]);
  expect(command).toMatchObject({
    name: "builder-client",
    connection: { value: { host: "192.0.2.40", port: 2222, user: "ops" } },
  });
  for (const text of [command!.create, command!.delete]) {
    expect(text).toContain("exec sudo -n env ");
    expect(text).toContain("  REGISTRY='hub.example.com:8070' \\\n");
    expect(text).toContain("  PROTOCOL='http' \\\n");
    expect(text).toContain("  DOCKER_DIR='/etc/docker' \\\n");
    expect(text).toContain("  STATE_DIR='/var/lib/harbor-ha/client' \\\n");
  }
  expect(command!.create).toMatch(/^# harbor-ha: client on builder /);
  expect(command!.delete).toMatch(/^# harbor-ha: unclient on builder /);
});

test("a CA goes over standard input, to where docker looks for it", async () => {
  const [command] = await commandsOf({ protocol: "https", ca: pulumi.output(CA) });
  expect(command!.stdin.value).toContain(
    `\nfile 0644 /etc/docker/certs.d/hub.example.com:8070/ca.crt ${String(CA.length)}\n${CA}\n`,
  );
});

test.each([{ protocol: "https" }, { protocol: "http", ca: CA }] as const)(
  "no file for %j",
  async (changes) => {
    const [command] = await commandsOf(changes);
    expect(command!.stdin.value).toContain("\nend of parts\n");
    expect(command!.stdin.value).not.toMatch(/^file /m);
  },
);

test("in words: without TLS, an entry in daemon.json and a reload", () => {
  expect(
    clientInstructions({ registry: "hub.example.com:8070", protocol: "http", ca: false }),
  ).toBe(
    `On each Docker host that uses hub.example.com:8070, as root:
1. Put the registry into /etc/docker/daemon.json, beside what is there already:
     { "insecure-registries": ["hub.example.com:8070"] }
2. systemctl reload docker
   (containers go on running; in Docker Desktop: Settings, Docker Engine, Apply)
3. docker login hub.example.com:8070`,
  );
});

test("in words: with a CA of one's own, its file", () => {
  expect(clientInstructions({ registry: "hub.example.com", protocol: "https", ca: true })).toBe(
    `On each Docker host that uses hub.example.com, as root:
1. Put the registry's CA, which \`pulumi stack output caCertificate\` prints, into the file
     /etc/docker/certs.d/hub.example.com/ca.crt
   (docker reads it at each use, without a reload; for Docker Desktop:
   ~/.docker/certs.d/hub.example.com/ca.crt, then restart it)
2. docker login hub.example.com`,
  );
});

test("in words: with a CA that hosts trust, nothing", () => {
  expect(clientInstructions({ registry: "hub.example.com", protocol: "https", ca: false })).toBe(
    "Docker hosts need nothing but: docker login hub.example.com",
  );
});
