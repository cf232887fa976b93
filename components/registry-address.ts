/** The ports that clients take when an address names none. */
const DEFAULT_PORTS = { http: 80, https: 443 } as const;

export type Protocol = keyof typeof DEFAULT_PORTS;

/** Where clients find the registry. */
export interface RegistryAddress {
  readonly protocol: Protocol;
  /** The common name. */
  readonly hostname: string;
  readonly port: number;
  /** The registry as Docker names it: `hub.example.com:8070`, without a port that is the usual one. */
  readonly registry: string;
  readonly url: string;
}

export function registryAddress(
  protocol: Protocol,
  hostname: string,
  port: number,
): RegistryAddress {
  const registry = port === DEFAULT_PORTS[protocol] ? hostname : `${hostname}:${port}`;
  return { protocol, hostname, port, registry, url: `${protocol}://${registry}` };
}
