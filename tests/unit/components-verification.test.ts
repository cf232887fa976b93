import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { DnsRoundRobin } from "../../components/dns-round-robin";
import type { DeployedRelease } from "../../components/deployed-release";
import {
  type VerificationArgs,
  type Verification,
  verificationOf,
} from "../../components/verification";
import { hostsOf } from "../../operate/hosts";
import { CLUSTER, HIDDEN, SECRETS, valueOf } from "./fixtures/cluster";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");

const FILES = [
  { path: "common/config/ui/env", mode: 0o600, content: `UI_SECRET=${SECRETS.database}\n` },
  { path: "docker-compose.yml", mode: 0o600, content: "services:\n" },
];

async function verification(changes: Partial<VerificationArgs> = {}) {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs as Record<string, unknown> }),
    call: () => ({}),
  });
  const { nodes, ssh, hostname, cephfs, database, redis } = CLUSTER;
  const release: DeployedRelease = {
    version: "1.1.9",
    layout: {
      services: ["proxy", "ui"],
      images: ["example/nginx:v1"],
      dataDirectories: [],
      schemaImage: "example/db:v1",
    },
    shown: [],
    files: pulumi.secret(FILES),
    digest: pulumi.secret("0123456789ab"),
  };
  return valueOf(
    verificationOf({
      nodes,
      ssh,
      cluster: "harbor-ha/test hub.example.com",
      address: {
        protocol: "http",
        hostname,
        port: 8070,
        registry: `${hostname}:8070`,
        url: `http://${hostname}:8070`,
      },
      release,
      cephfs,
      database,
      redis,
      dns: new DnsRoundRobin(hostname, nodes, CLUSTER.dns!, {}),
      healthChecks: true,
      secretkey: "Secret-made-secretkey",
      keypair: "SHA256:fingerprint",
      ...changes,
    }),
  );
}

const plain = (value: Verification) => JSON.parse(JSON.stringify(value)) as Verification;

test("is a secret, of plain values, the same for the same settings", async () => {
  const { value, secret } = await verification();
  expect(secret).toBe(true);
  expect(value).toEqual(plain(value));
  expect(JSON.stringify((await verification()).value)).toBe(JSON.stringify(value));
});

test("opens nothing: it has no key and no password", async () => {
  const text = JSON.stringify((await verification()).value);
  for (const hidden of HIDDEN) expect(text).not.toContain(hidden);
});

test("names what each node has to have", async () => {
  const { value } = await verification();
  expect(value.files).toEqual(
    expect.arrayContaining([
      {
        path: "/opt/harbor/current/common/config/ui/env",
        mode: 0o600,
        sha256: sum(FILES[0]!.content),
      },
      {
        path: "/opt/harbor/bin/harbor.sh",
        mode: 0o755,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      { path: "/etc/ceph/harbor-ha.keyring", mode: 0o600, sha256: expect.any(String) },
      { path: "/etc/harbor-ha/health", mode: 0o600 },
    ]),
  );
  expect(value).toMatchObject({
    release: { version: "1.1.9", folder: "/opt/harbor/releases/1.1.9-0123456789ab" },
    secretkey: sum("Secret-made-secretkey"),
    dns: { provider: "rfc2136", server: "ns1.example.com", port: 53 },
    database: { host: "db.example.com", schema: "0.4.0" },
    units: ["harbor.service", "docker.service", "harbor-ha-health.timer"],
  });
  expect(value.fstabLine).toContain(" /mnt/cephfs fuse.ceph ");
});

test("without health checks nodes have no timer; with a proxy docker has its file", async () => {
  const dockerProxy = { path: "/etc/harbor-ha/docker-proxy.env", mode: 0o600, content: "A=b\n" };
  const certificate = { pin: "sha256//cGlu", expiry: "2031-05-01T12:00:00.000Z" };
  const { value } = await verification({ healthChecks: false, dockerProxy, certificate });
  expect(value.units).toEqual(["harbor.service", "docker.service"]);
  expect(value.files.map(({ path }) => path)).not.toContain("/etc/harbor-ha/health");
  expect(value.files).toContainEqual({ path: dockerProxy.path, mode: 0o600, sha256: sum("A=b\n") });
  expect(value.certificate).toEqual(certificate);
});

test("records that somebody else keeps have no server", async () => {
  const dns = new DnsRoundRobin(
    "hub.example.com",
    CLUSTER.nodes,
    { provider: "manual", ttl: 30 },
    {},
  );
  expect((await verification({ dns })).value.dns).toEqual({ provider: "manual" });
});

test("hosts are reached as the deployment reached them, with the key and soon given up", async () => {
  const hosts = hostsOf((await verification()).value, "the key");
  const soon = { privateKey: "the key", dialErrorLimit: 2, perDialTimeout: 10 };
  expect(hosts).toEqual([
    {
      node: "hub1",
      address: "192.0.2.11",
      sudo: false,
      connection: {
        host: "192.0.2.11",
        port: 22,
        user: "root",
        hostKey: "ssh-ed25519 AAAA1",
        ...soon,
      },
    },
    {
      node: "hub2",
      address: "192.0.2.12",
      sudo: true,
      connection: { host: "hub2.example.com", port: 2222, user: "ops", ...soon },
    },
    {
      node: "hub3",
      address: "192.0.2.13",
      sudo: false,
      connection: {
        ...{ host: "192.0.2.13", port: 22, user: "root", hostKey: "ssh-ed25519 AAAA3" },
        ...soon,
        proxy: {
          host: "192.0.2.11",
          port: 22,
          user: "jump",
          hostKey: "ssh-ed25519 AAAA1",
          ...soon,
        },
      },
    },
  ]);
});
