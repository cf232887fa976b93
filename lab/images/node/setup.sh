#!/bin/bash
# Turns a Debian root with systemd, sshd and docker into a VM-like host: user `ops` with sudo,
# units that cannot work in a container masked, no SSH host keys, no machine id.
# Reads nothing from stdin. Runs once, while the image is built.
set -euo pipefail

install -m 755 /tmp/setup/lab-init /sbin/lab-init
install -m 755 /tmp/setup/lab-ready /usr/local/bin/lab-ready
rm -rf /tmp/setup

systemctl mask \
  systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service \
  getty.target console-getty.service \
  sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount
systemctl set-default multi-user.target
systemctl enable ssh docker

useradd --create-home --shell /bin/bash --uid 1000 ops
echo 'ops ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/ops
chmod 440 /etc/sudoers.d/ops
install -d -m 700 /root/.ssh
install -d -m 700 -o ops -g ops /home/ops/.ssh

# From here on packages start their services, as on any host.
rm -f /usr/sbin/policy-rc.d /etc/ssh/ssh_host_*_key*
: >/etc/machine-id
