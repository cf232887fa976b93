/**
 * What the design decides about a release. All strings are final text; a secret may be a placeholder
 * instead, which ends up in the rendered text where the secret would.
 */
export interface ReleaseSettings {
  /** The address clients use, "hub.example.com:8070"; the port left out when it is the protocol's own. */
  hostname: string;
  protocol: "http" | "https";
  /** The port that the proxy is published on. */
  port: number;
  /** The folder that takes the place of /data: the registry's blobs, the secretkey, job logs. */
  dataDir: string;
  /** How many jobs one node's job service runs at a time. */
  maxJobWorkers: string;
  database: { host: string; port: string; user: string; password: string; name: string };
  /** "host:port,poolsize,password,dbindex". */
  redis: { url: string };
  /** The administrator's first password; it has no effect once Harbor has started with it. */
  adminPassword: string;
  uiSecret: string;
  jobserviceSecret: string;
  /** Releases that have it read the settings anew at a start only when this text changed. */
  reloadKey: string;
  /** The token service's key, PEM, PKCS#1 ("BEGIN RSA PRIVATE KEY"). */
  tokenKey: string;
  /** The certificate by which the registry trusts that key, PEM. */
  tokenCertificate: string;
  /** The proxy's pair, PEM; needed for, and only used by, https. */
  tls?: { certificate: string; key: string };
  /**
   * The proxies through which Harbor reaches other networks, as URLs ("" for none; they may hold a
   * password), and what it reaches directly. Default: as the release ships it.
   */
  proxy?: { http: string; https: string; noProxy: string };
  /** Where the log service writes on the node. Default: /var/log/harbor. */
  logDir?: string;
  /** Further harbor.cfg keys, as the release names them. */
  extraKeys?: Readonly<Record<string, string>>;
  /** Gives the text of a service's digest label in place of the digest, for text that is shown. */
  digestPlaceholder?: (service: string) => string;
}

/** A file of the release folder. */
export interface RenderedFile {
  /** Relative to the release folder: harbor.cfg, docker-compose.yml, common/config/**. */
  path: string;
  content: string;
  /** Whether it holds a secret: decided by what the file is made of, never by the text of a value. */
  secret: boolean;
  /** The file's permission bits. */
  mode: number;
}
