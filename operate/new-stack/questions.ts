import { isUrl } from "../../is-url";
import { field, type Given, textAt } from "../../settings/given";

/* What a new environment is asked. Each question is a flag as well. */

export interface Question {
  readonly flag: string;
  /** The setting that the answer becomes. */
  readonly setting: string;
  /** What is asked on a terminal. */
  readonly ask: string;
  /** What stands for the value in the usage. */
  readonly form: string;
  /** Whether it may be given several times, and makes a list. @default once */
  readonly list?: boolean;
  /** Whether `none` is an answer: without the structure that it is in. @default the schema needs one */
  readonly optional?: boolean;
  /** Whether digits are meant as a number. @default a text */
  readonly number?: boolean;
  /** Whether it is asked, by what is known so far; its flag counts in any case. @default always */
  readonly when?: (given: Given) => boolean;
}

const updates = ({ dns }: Given) => field(dns, "provider") === "rfc2136";

const network: readonly Question[] = [
  {
    ...{ flag: "hostname", setting: "hostname", form: "NAME" },
    ask: "DNS name under which clients reach the registry",
  },
  {
    ...{ flag: "port", setting: "port", form: "PORT", number: true },
    ask: "Port that clients use",
  },
  {
    ...{ flag: "tls", setting: "tls.source", form: "SOURCE" },
    ask: "TLS: none, private-ca (made here) or provided (yours)",
  },
];

const release: readonly Question[] = [
  { flag: "release", setting: "release.version", form: "VERSION", ask: "Harbor release" },
  {
    ...{ flag: "installer", setting: "release.installer", form: "PATH|URL" },
    ask: "Its installer: a path, or an https URL",
  },
  {
    ...{ flag: "sha256", setting: "release.sha256", form: "SUM" },
    ask: "SHA-256 sum of the installer",
    when: ({ release: given }) => isUrl(textAt(given, "installer") ?? ""),
  },
];

const hosts: readonly Question[] = [
  {
    ...{ flag: "node", setting: "nodes", form: "NAME=[USER@]ADDRESS", list: true },
    ask: "Node as name=address, or name=user@address",
  },
  { flag: "ssh-user", setting: "ssh.user", form: "USER", ask: "User that SSH logs in as" },
];

const fileSystem: readonly Question[] = [
  {
    ...{ flag: "monitor", setting: "cephfs.monitors", form: "HOST[:PORT]", list: true },
    ask: "Ceph monitor, host[:port]",
  },
  {
    ...{ flag: "cephfs-path", setting: "cephfs.path", form: "PATH" },
    ask: "Directory of the file system for this stack",
  },
  {
    ...{ flag: "cephfs-client", setting: "cephfs.client", form: "NAME" },
    ask: "Ceph client, without `client.`",
  },
  {
    ...{ flag: "mount-point", setting: "cephfs.mountPoint", form: "PATH" },
    ask: "Where nodes mount it",
  },
  { flag: "driver", setting: "cephfs.driver", form: "DRIVER", ask: "Driver: kernel or fuse" },
];

const stores: readonly Question[] = [
  {
    ...{ flag: "database-host", setting: "database.host", form: "HOST" },
    ask: "Address of the database cluster",
  },
  { flag: "database-name", setting: "database.name", form: "NAME", ask: "Harbor's database there" },
  { flag: "database-user", setting: "database.user", form: "USER", ask: "Harbor's account there" },
  {
    ...{ flag: "database-admin-user", setting: "database.admin.user", form: "USER" },
    ...{ optional: true },
    ask: "Administrator's account, needed once on Galera; none for no such account",
  },
  { flag: "redis-host", setting: "redis.host", form: "HOST", ask: "Address of Redis" },
  {
    ...{ flag: "redis-database", setting: "redis.database", form: "INDEX", number: true },
    ask: "Database index in Redis",
  },
];

const records: readonly Question[] = [
  {
    ...{ flag: "dns", setting: "dns.provider", form: "PROVIDER" },
    ask: "Who keeps the A records: rfc2136 (dynamic updates) or manual",
  },
  {
    ...{ flag: "dns-server", setting: "dns.server", form: "HOST", when: updates },
    ask: "DNS server that takes the updates",
  },
  {
    ...{ flag: "dns-zone", setting: "dns.zone", form: "ZONE", when: updates },
    ask: "Zone that is updated",
  },
  {
    ...{ flag: "tsig-name", setting: "dns.tsig.name", form: "NAME", when: updates },
    ask: "Name of the TSIG key",
  },
  {
    ...{ flag: "ttl", setting: "dns.ttl", form: "SECONDS", number: true },
    ask: "Seconds that clients keep an answer",
  },
];

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  ...network,
  ...release,
  ...hosts,
  ...fileSystem,
  ...stores,
  ...records,
];
