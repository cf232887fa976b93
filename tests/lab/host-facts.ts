import type { HostName } from "../../lab/topology";
import { on } from "./driver";

/**
 * What a deployment could leave behind on a host: fstab, the services' order, our folders, mounts,
 * the engine's settings, units that are enabled. Packages that were installed stay, so they do not
 * count.
 */
export async function hostFacts(name: HostName): Promise<string> {
  return on(
    name,
    `cat /etc/fstab
     cat /etc/docker/daemon.json 2>/dev/null | base64
     find /etc/systemd/system /etc/docker /etc/ceph /opt /var/lib/harbor-ha /mnt -xdev \\( -type f -o -type l -o -type d \\) 2>/dev/null |
       grep -v -e '^/etc/ceph$' -e '^/etc/ceph/rbdmap' | sort
     lsattr -d /mnt/cephfs 2>/dev/null
     systemctl list-unit-files --state=enabled --no-legend | awk '{print $1}' | sort
     grep -c cephfs /proc/self/mounts || true`,
  );
}

const MARK = "/run/lab-mark";

/** From now on `writtenSinceMark` tells what was written. */
export async function markNow(host: HostName): Promise<void> {
  await on(host, `touch ${MARK}`);
}

/** Files and folders that changed since, among those that a deployment writes to. */
export async function writtenSinceMark(host: HostName): Promise<string> {
  const folders = "/etc /opt /usr/local /var/lib/harbor-ha /mnt/cephfs/.harbor-ha";
  return on(host, `find ${folders} -newercc ${MARK} 2>/dev/null | sort`);
}
