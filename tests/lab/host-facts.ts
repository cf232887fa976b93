import type { HostName } from "../../lab/topology";
import { on } from "./driver";

/**
 * What a deployment could leave behind on a host: fstab, the services' order, our folders, mounts,
 * units that are enabled. Packages that were installed stay, so they do not count.
 */
export async function hostFacts(name: HostName): Promise<string> {
  return on(
    name,
    `cat /etc/fstab
     find /etc/systemd/system /etc/ceph /opt /var/lib/harbor-ha /mnt -xdev \\( -type f -o -type l -o -type d \\) 2>/dev/null |
       grep -v -e '^/etc/ceph$' -e '^/etc/ceph/rbdmap' | sort
     lsattr -d /mnt/cephfs 2>/dev/null
     systemctl list-unit-files --state=enabled --no-legend | awk '{print $1}' | sort
     grep -c cephfs /proc/self/mounts || true`,
  );
}
