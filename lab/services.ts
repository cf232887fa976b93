import type { ContainerSpec } from "./containers";
import type { Secrets } from "./secrets";
import { ADDRESSES, DNS, LAB, REDIS } from "./topology";

/** Redis with a password, in memory only. */
export function redisSpec(image: string, secrets: Secrets): ContainerSpec {
  const settings = [
    "bind 0.0.0.0",
    `port ${String(REDIS.port)}`,
    "protected-mode no",
    `requirepass ${secrets.redisPassword}`,
    "maxmemory 64mb",
    "maxmemory-policy noeviction",
    'save ""',
  ];
  return {
    name: "redis",
    image,
    flags: ["--init"],
    files: [{ path: `/etc/${LAB}/redis.conf`, text: `${settings.join("\n")}\n`, mode: 0o600 }],
    command: ["redis-lab"],
    ready: ["lab-ready-redis"],
    patience: 30,
  };
}

/** BIND with the lab's zone, which takes updates signed with a TSIG key, and forwards the rest. */
export function dnsSpec(image: string, secrets: Secrets): ContainerSpec {
  const key =
    `key "${DNS.keyName}" {\n  algorithm ${DNS.algorithm};\n` +
    `  secret "${secrets.dnsSecret}";\n};\n`;
  return {
    name: "dns",
    image,
    flags: ["--init"],
    environment: {
      DNS_ZONE: DNS.zone,
      DNS_KEY_NAME: DNS.keyName,
      DNS_TTL: String(DNS.ttl),
      DNS_ADDRESS: ADDRESSES.dns,
    },
    volumes: { zone: "/var/lib/bind" },
    files: [{ path: `/etc/${LAB}/tsig.key`, text: key, mode: 0o600 }],
    command: ["dns-lab"],
    ready: ["lab-ready-dns"],
    patience: 30,
  };
}
