/*
 * When somebody would choose another value, by setting: what the schema's own words do not say. A list's
 * fields have no number.
 */
export const ADVICE: Readonly<Record<string, string>> = {
  hostname:
    "No two stacks may have it. With rfc2136 it lies in dns.zone; another name later is another registry to clients.",
  port: "Change it where another program of the hosts listens there, or to 443 with HTTPS.",
  "tls.validityDays":
    "Shorter, a key that got out is good for less time, and a deployment is due sooner.",
  "tls.source":
    "Take private-ca or provided wherever passwords cross a network that others share; the output clientInstructions says what clients do then.",
  "release.version":
    "An environment that shows what another one will get names the same release and installer.",
  "release.installer":
    "A path is enough on one machine; where a pipeline or several people deploy, name an https URL and its sha256.",
  "release.sha256": "Printed by `sha256sum`, or by whoever publishes the archive.",
  "images.source":
    "Take mirror where hosts reach no registry but one of yours, archive or nodes where they reach none; registry where the installer's own images are not wanted.",
  "images.prefix": "Change it where the mirror has the images under another path.",
  "images.archive": "Of the same release as the installer.",
  "images.sha256": "Printed by `sha256sum`, or by whoever publishes the archive.",
  nodes:
    "A host carries one stack; add hosts at the end. Pin each by its key, or any key is accepted: `ssh-keyscan -t ed25519 ADDRESS` prints the address and then the key; compare that with /etc/ssh/ssh_host_ed25519_key.pub on the host's console, and write it below the address as `hostKey: ssh-ed25519 AAAA…`.",
  "nodes.address": "Take one that clients reach; where SSH needs another, that is sshAddress.",
  "ssh.user": "Where root may not log in, a user with `sudo` without a password.",
  "ssh.dialAttempts":
    "More where hosts take long to come up, fewer to be told sooner of one that is off.",
  clients:
    "Docker hosts that SSH reaches as it does nodes; for others, the output clientInstructions says what to do. A client is one stack's alone.",
  "cephfs.monitors": "All of them, so that one may be away.",
  "cephfs.path":
    "It has to be there, and to be this stack's alone: neither another stack's directory, nor one in it or around it.",
  "cephfs.client": "One that may write below cephfs.path, and best nowhere else.",
  "cephfs.mountPoint": "Change it where the hosts have something else there.",
  "cephfs.driver": "fuse where the hosts' kernel has no client for CephFS, as in containers.",
  "database.kind": "No release that this program deploys takes another one than mysql.",
  "database.host":
    "Of a cluster with several members: the address that passes on to one of them, and goes on when it fails.",
  "database.name": "No two stacks may have one database.",
  "database.admin.user": "Only used to load the schema; the structure may be taken out afterwards.",
  "redis.host": "Stacks may share a Redis, each with an index of its own.",
  "redis.database": "No two stacks may have one index.",
  "dns.provider":
    "Take rfc2136 where the server takes dynamic updates: only then are dead nodes taken out.",
  "dns.ttl": "Shorter, a change is faster and the server is asked more often.",
  "dns.tsig.name": "A key of its own for each stack can be limited to the stack's name.",
  "dns.tsig.algorithm": "The one that the server has for this key.",
  maxJobWorkers:
    "Fewer where jobs take the processors from those who push and pull, more where replications wait for each other.",
};
