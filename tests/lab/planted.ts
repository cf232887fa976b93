import { run } from "../../lab/shell";
import { ADDRESSES, containerOf, DNS, DOMAIN, type NodeName } from "../../lab/topology";
import { on } from "./driver";

/** Something on a node that is not as it was declared. */
export interface Planted {
  readonly what: string;
  readonly node: NodeName;
  /** The check that has to name it. */
  readonly check: string;
  /** Whether it is about the cluster and no single node. @default false */
  readonly cluster?: boolean;
  readonly plant: () => Promise<unknown>;
  readonly undo: () => Promise<unknown>;
}

const CONFIG = "/opt/harbor/current/common/config";
const KEPT = "/run/planted";

/** Something done and undone by scripts on the node. */
function byScripts(
  node: NodeName,
  check: string,
  what: string,
  plant: string,
  undo: string,
): Planted {
  return { what, node, check, plant: () => on(node, plant), undo: () => on(node, undo) };
}

/** Something done to a file, of which a copy is kept and put back. */
function inFile(
  node: NodeName,
  check: string,
  what: string,
  file: string,
  change: string,
): Planted {
  const plant = `set -e; cp -p ${file} ${KEPT}; ${change}`;
  return byScripts(node, check, what, plant, `cp -p ${KEPT} ${file} && rm ${KEPT}`);
}

/** Updates of the zone, by the lab's own server. */
async function nsupdate(...lines: readonly string[]): Promise<void> {
  const command = ["exec", "-i", containerOf("dns"), "nsupdate", "-k"];
  const input = `${[`server 127.0.0.1`, `zone ${DNS.zone}`, ...lines, "send"].join("\n")}\n`;
  await run("docker", [...command, "/etc/harbor-ha-lab/tsig.key"], { input });
}

const record = (address: string) => `${DOMAIN}. ${String(DNS.ttl)} A ${address}`;
const STRAY = "198.51.100.99";
const TIMER = "harbor-ha-health.timer";

/** One at a time; each is undone before the next one. */
export const PLANTED: readonly Planted[] = [
  inFile(
    "hub1",
    "files",
    "a rendered file is edited",
    `${CONFIG}/registry/config.yml`,
    `echo '# by hand' >>${CONFIG}/registry/config.yml`,
  ),
  inFile(
    "hub2",
    "modes",
    "everybody may read the private key",
    `${CONFIG}/ui/private_key.pem`,
    `chmod 0644 ${CONFIG}/ui/private_key.pem`,
  ),
  inFile(
    "hub3",
    "keypair",
    "the private key is another",
    `${CONFIG}/ui/private_key.pem`,
    `openssl genrsa -traditional 2048 2>/dev/null >${CONFIG}/ui/private_key.pem`,
  ),
  byScripts(
    "hub1",
    "containers",
    "a container is stopped",
    "docker stop -t 3 harbor-jobservice",
    "docker start harbor-jobservice",
  ),
  byScripts(
    "hub2",
    "containers",
    "a container was made with another environment",
    `set -e; file=${CONFIG}/jobservice/env; cp -p $file ${KEPT}; echo PLANTED=1 >>$file
     /opt/harbor/bin/harbor.sh up 2>/dev/null; cp -p ${KEPT} $file; rm ${KEPT}`,
    "/opt/harbor/bin/harbor.sh up 2>/dev/null",
  ),
  byScripts(
    "hub3",
    "images",
    "an image's tag names another image",
    "docker tag $(docker inspect -f '{{.Config.Image}}' nginx registry)",
    "docker tag $(docker inspect -f '{{.Image}}' registry) $(docker inspect -f '{{.Config.Image}}' registry)",
  ),
  byScripts(
    "hub1",
    "live files",
    "a service runs with another file than the declared one",
    `set -e; file=${CONFIG}/jobservice/app.conf; cp -p $file $file.new; echo '# by hand' >>$file; mv $file.new $file`,
    "docker restart -t 3 harbor-jobservice",
  ),
  byScripts(
    "hub2",
    "release",
    "another folder is the current release",
    `set -e; cd /opt/harbor; readlink current >${KEPT}; cp -a $(readlink current) releases/by-hand; ln -sfn /opt/harbor/releases/by-hand current`,
    `set -e; cd /opt/harbor; ln -sfn $(cat ${KEPT}) current; rm -r releases/by-hand ${KEPT}`,
  ),
  inFile(
    "hub3",
    "database",
    "the database's password is another",
    `${CONFIG}/adminserver/env`,
    `sed -i 's/^MYSQL_PWD=.*/MYSQL_PWD=another/' ${CONFIG}/adminserver/env`,
  ),
  byScripts(
    "hub1",
    "redis",
    "Redis cannot be reached",
    `iptables -I OUTPUT -d ${ADDRESSES.redis} -j DROP`,
    `iptables -D OUTPUT -d ${ADDRESSES.redis} -j DROP`,
  ),
  inFile(
    "hub2",
    "mount",
    "fstab's line is edited",
    "/etc/fstab",
    "sed -i '/cephfs/s/noatime/relatime/' /etc/fstab",
  ),
  byScripts(
    "hub3",
    "units",
    "Harbor is not started after a reboot",
    "systemctl disable -q harbor.service",
    "systemctl enable -q harbor.service",
  ),
  {
    what: "the node's record is withdrawn, and nobody puts it back",
    node: "hub1",
    check: "dns",
    plant: async () => {
      await on("hub1", `systemctl stop ${TIMER}`);
      await nsupdate(`update delete ${DOMAIN}. A ${ADDRESSES.hub1}`);
    },
    undo: async () => {
      await nsupdate(`update add ${record(ADDRESSES.hub1)}`);
      await on("hub1", `systemctl start ${TIMER}`);
    },
  },
  {
    what: "the name has an address that is no node's",
    node: "hub2",
    check: "dns",
    cluster: true,
    plant: () => nsupdate(`update add ${record(STRAY)}`),
    undo: () => nsupdate(`update delete ${DOMAIN}. A ${STRAY}`),
  },
];
