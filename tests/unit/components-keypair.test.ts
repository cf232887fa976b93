import * as pulumi from "@pulumi/pulumi";
import { KeypairSwitch } from "../../components/keypair-switch";
import { TokenKeypair, type TokenKeypairArgs } from "../../components/token-keypair";
import type { SwitchRequest } from "../../host/switch/request";
import { keyPem, makeCertificate, rsaKey } from "./fixtures/certificates";
import { inputOf, parametersOf, type Registered } from "./fixtures/cluster";

type Inputs = Readonly<Record<string, unknown>>;

interface Made {
  readonly name: string;
  readonly protect: boolean;
  readonly inputs: Inputs;
}

/** What the engine is asked to register, as far as these tests look at it. */
interface Request {
  getName(): string;
  getCustom(): boolean;
  getProtect(): boolean;
  getObject(): { toJavaScript(): Inputs };
}
interface Monitor {
  registerResource(request: Request, callback: unknown): unknown;
}

/** The resources of the providers that a component registers, in their order. */
async function made(build: () => void): Promise<Made[]> {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      const outputs = name.startsWith("token-key")
        ? { privateKeyPem: `pem of ${name}`, publicKeyFingerprintSha256: `SHA256:${name}` }
        : { certPem: `pem of ${name}` };
      return { id: name, state: { ...(inputs as Inputs), ...outputs } };
    },
    call: () => ({}),
  });
  const found: Made[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    if (request.getCustom()) {
      const inputs = request.getObject().toJavaScript();
      found.push({ name: request.getName(), protect: request.getProtect(), inputs });
    }
    return register(request, callback);
  };
  build();
  await pulumi.runtime.disconnect();
  return found;
}

const value = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => output.apply((known) => void resolve(known)));

describe("the token keypair", () => {
  async function keypair(args: TokenKeypairArgs, protect = true) {
    let pair: TokenKeypair | undefined;
    const resources = await made(() => (pair = new TokenKeypair("harbor", protect, args, {})));
    return {
      resources: Object.fromEntries(resources.map(({ name, protect }) => [name, protect])),
      pair: {
        privateKey: await value(pair!.privateKey),
        certificate: await value(pair!.certificate),
        fingerprint: await value(pair!.fingerprint),
      },
    };
  }

  test.each<[string, TokenKeypairArgs]>([
    ["without a number", {}],
    ["1", { rotation: 1 }],
  ])("%s is the first one, under the names that it always had", async (_, args) => {
    expect(await keypair(args)).toEqual({
      resources: { "token-key": true, "token-certificate": true },
      pair: {
        privateKey: "pem of token-key",
        certificate: "pem of token-certificate",
        fingerprint: "SHA256:token-key",
      },
    });
  });

  test("2 keeps the first one, unprotected", async () => {
    expect(await keypair({ rotation: 2 })).toEqual({
      resources: {
        "token-key-2": true,
        "token-certificate-2": true,
        "token-key": false,
        "token-certificate": false,
      },
      pair: {
        privateKey: "pem of token-key-2",
        certificate: "pem of token-certificate-2",
        fingerprint: "SHA256:token-key-2",
      },
    });
  });

  test("3 lets the first one go, which 2 has left unprotected", async () => {
    const { resources } = await keypair({ rotation: 3 });
    expect(resources).toEqual({
      "token-key-3": true,
      "token-certificate-3": true,
      "token-key-2": false,
      "token-certificate-2": false,
    });
  });

  test("is protected only where that is set", async () => {
    expect(Object.values((await keypair({ rotation: 2 }, false)).resources)).not.toContain(true);
  });

  test("that is given makes none", async () => {
    const key = rsaKey();
    const { certificate } = await makeCertificate({ key, ca: true });
    const privateKey = keyPem(key, "pkcs1");
    const { resources, pair } = await keypair({ privateKey, certificate });
    expect(resources).toEqual({});
    expect(pair).toEqual({
      privateKey,
      certificate,
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
    });
  });
});

describe("the switch", () => {
  const command = async (changes: { fingerprint?: string; stamps?: string[] } = {}) => {
    const [found] = await made(
      () =>
        new KeypairSwitch(
          "harbor",
          {
            nodes: [
              { name: "hub1", address: "192.0.2.11" },
              { name: "hub2", address: "192.0.2.12", user: "ops" },
            ],
            ssh: { user: "root", port: 22, privateKey: "Secret-ssh-key", dialAttempts: 30 },
            release: {
              version: "1.1.9",
              layout: { services: ["ui"], images: [], dataDirectories: [], schemaImage: "db" },
              shown: [],
              files: pulumi.output([]),
              digest: pulumi.secret("digest"),
            },
            stamps: ["one", "two"],
            cluster: "harbor-ha/test hub.example.com",
            address: {
              ...{ protocol: "https", hostname: "hub.example.com", port: 443 },
              ...{ registry: "hub.example.com", url: "https://hub.example.com" },
            },
            mountPoint: "/mnt/cephfs",
            fingerprint: "SHA256:pair",
            certificatePin: "sha256//pin",
            healthTimeout: 300,
            redacted: { databasePassword: "Secret-database" },
            ...changes,
          },
          {},
        ),
    );
    return found!;
  };
  const requestOf = ({ inputs }: Made) =>
    JSON.parse((inputs["stdin"] as { value: string }).value) as SwitchRequest;

  test("runs the program for all nodes, and shows the keypair and no secret", async () => {
    const found = await command();
    expect(found.name).toBe("keypair-switch");
    expect(found.inputs["create"]).toContain("# harbor-ha: all nodes to the keypair SHA256:pair");
    expect(found.inputs["create"]).toContain("host/switch/main.ts");
    expect(JSON.stringify({ ...found.inputs, stdin: undefined })).not.toContain("Secret");
    expect(requestOf(found).nodes.map(({ node }) => node)).toEqual(["hub1", "hub2"]);
  });

  test("gives every node's step what it needs", async () => {
    const { nodes, stdin } = requestOf(await command());
    expect(nodes[0]!.connection).toMatchObject({ host: "192.0.2.11", dialErrorLimit: 3 });
    expect(nodes[0]!.command).toContain("exec env ");
    expect(nodes[1]!.command).toContain("exec sudo -n env ");
    expect(parametersOf(nodes[1]!.command)).toMatchObject({
      ...{ NODE: "hub2", STEP: "switch", DOMAIN: "hub.example.com", PROTOCOL: "https" },
      ...{ RELEASE_VERSION: "1.1.9", DRAIN_TIMEOUT: "5", GO_TIMEOUT: "600" },
    });
    expect(stdin.endsWith("\nend of input\n")).toBe(true);
    const { scripts, secrets, files } = inputOf({ inputs: { stdin } } as unknown as Registered);
    expect(scripts).toEqual(["switch"]);
    expect(secrets).toEqual({
      ...{ release_digest: "digest", keypair: "SHA256:pair", certificate_pin: "sha256//pin" },
      databasePassword: "Secret-database",
    });
    expect(files.map(({ path }) => path)).toEqual(["/opt/harbor/bin/harbor.sh"]);
  });

  test("is the same each time, and another one for another keypair or after another stage", async () => {
    const first = await command();
    expect(await command()).toEqual(first);
    expect((await command({ fingerprint: "SHA256:next" })).inputs).not.toEqual(first.inputs);
    expect((await command({ stamps: ["one", "three"] })).inputs).not.toEqual(first.inputs);
  });
});
