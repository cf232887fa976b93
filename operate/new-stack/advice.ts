/*
 * When somebody would choose another value, by setting: what the schema's own words do not say. A list's
 * fields have no number.
 */
export const ADVICE: Readonly<Record<string, string>> = {
  hostname:
    "No two stacks may have it. With rfc2136 it lies in dns.zone; another name later is another registry to clients.",
  port: "Change it where another program of the hosts listens there, or to 443 with HTTPS.",
  "tls.source":
    "Take private-ca or provided wherever passwords cross a network that others share; the output clientInstructions says what clients do then.",
  "release.version":
    "An environment that shows what another one will get names the same release and installer.",
  "release.installer":
    "A path is enough on one machine; where a pipeline or several people deploy, name an https URL and its sha256.",
  "release.sha256": "Printed by `sha256sum`, or by whoever publishes the archive.",
  nodes:
    "A host carries one stack; add hosts at the end. Pin each by its key, or any key is accepted: `ssh-keyscan -t ed25519 ADDRESS` prints the address and then the key; compare that with /etc/ssh/ssh_host_ed25519_key.pub on the host's console, and write it below the address as `hostKey: ssh-ed25519 AAAA…`.",
  "nodes.address": "Take one that clients reach; where SSH needs another, that is sshAddress.",
  "ssh.user": "Where root may not log in, a user with `sudo` without a password.",
  "cephfs.monitors": "All of them, so that one may be away.",
  "cephfs.path":
    "It has to be there, and to be this stack's alone: neither another stack's directory, nor one in it or around it.",
  "cephfs.client": "One that may write below cephfs.path, and best nowhere else.",
  "cephfs.mountPoint": "Change it where the hosts have something else there.",
  "cephfs.driver": "fuse where the hosts' kernel has no client for CephFS, as in containers.",
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
};
