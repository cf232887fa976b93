#!/usr/bin/env bash
# Takes back what mount.sh did: our lines in fstab and for docker, the client's key, the mount.
# Data on the file system and installed packages stay. Reads nothing from standard input that it needs.
# Where another program uses the mount, the mount and its lines stay, and that is said.

read_input
take_lock
if mountpoint -q "$MOUNT_POINT"; then
  rm -f "$MOUNT_POINT/.harbor-ha/nodes/$NODE"
  # The last node takes what the cluster kept for itself along: marks, lock, installer archive.
  if rmdir "$MOUNT_POINT/.harbor-ha/nodes" 2>/dev/null; then rm -rf "$MOUNT_POINT/.harbor-ha"; fi
  if ! umount "$MOUNT_POINT" 2>/dev/null; then
    say "$MOUNT_POINT is in use by another program: the mount, its fstab line and its key stay"
    exit 0
  fi
fi
rm -f /etc/systemd/system/docker.service.d/harbor-ha.conf
rmdir /etc/systemd/system/docker.service.d 2>/dev/null || true
fstab_without_ours | replace_file /etc/fstab 0644 || true
for path in $CLIENT_FILES; do rm -f "$path"; done
rmdir /etc/ceph 2>/dev/null || true
systemctl daemon-reload
if [[ -d $MOUNT_POINT ]]; then
  chattr -i "$MOUNT_POINT" 2>/dev/null || true
  if [[ -e $STATE_DIR/made-mount-point ]]; then
    rmdir "$MOUNT_POINT" 2>/dev/null || say "$MOUNT_POINT is not empty and stays"
  fi
fi
rm -f "$STATE_DIR/made-mount-point"
rmdir "$STATE_DIR" 2>/dev/null || true
say "$MOUNT_POINT is unmounted; the data on it was not touched"
