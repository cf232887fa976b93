#!/usr/bin/env bash
# Takes back what mount.sh did: the host's mark, docker's proxy, our lines in fstab and for docker, the client's key,
# the mount.
# Data on the file system and installed packages stay. Reads nothing from standard input that it needs.
# Where another program uses the mount, the mount and its lines stay, and that is said; so it is with
# the proxy settings of a docker that runs other containers. A node of another stack is left as it is.

# What the cluster keeps for itself on the file system: marks, lock, archive of images. The database stays,
# and with it its dumps and which release used it last.
own_files() {
  find "$MOUNT_POINT/.harbor-ha" -mindepth 1 -maxdepth 1 ! -name backup ! -name database-release "$@"
}

# The last node takes them along. Several nodes may be the last at the same time, so that what one is
# about to look at the other has removed: what counts is what is there in the end.
leave_file_system() {
  local own=$MOUNT_POINT/.harbor-ha
  rm -f "$own/nodes"/{,.harbor-ha.}"$NODE" "$own/probe-$NODE"
  rmdir "$own/nodes" 2>/dev/null || true
  [[ -d $own && ! -e $own/nodes ]] || return 0
  own_files -exec rm -rf {} + 2>/dev/null || true
  [[ -z $(own_files 2>/dev/null || true) ]] || say "not all of the cluster's own files in $own could be removed"
  rmdir "$own" 2>/dev/null || true
}

try_umount() { umount "$MOUNT_POINT" 2>/dev/null; }

read_input
take_lock
pass_over_foreign_host
remove_docker_proxy
systemctl daemon-reload
if docker_proxy_pending; then
  if [[ -z $(docker ps -q) ]]; then
    restart_docker
  else
    say "docker keeps its proxy settings until it is restarted; that is left to you, as other containers run"
  fi
fi
if mountpoint -q "$MOUNT_POINT"; then
  leave_file_system
  if ! meanwhile "unmounting $MOUNT_POINT" "" try_umount; then
    release_host
    say "$MOUNT_POINT is in use by another program: the mount, its fstab line and its key stay"
    exit 0
  fi
fi
rm -f /etc/systemd/system/docker.service.d/harbor-ha.conf
rmdir /etc/systemd/system/docker.service.d 2>/dev/null || true
fstab=$(fstab_without_ours && echo .)
replace_file /etc/fstab 0644 < <(printf '%s' "${fstab%.}") || true
# The other driver's as well, which was in use before, and what a killed run left.
for path in $CLIENT_FILES /etc/ceph/{,.harbor-ha.}harbor-ha.*; do rm -f "$path"; done
rmdir /etc/ceph 2>/dev/null || true
systemctl daemon-reload
if [[ -d $MOUNT_POINT ]]; then
  chattr -i "$MOUNT_POINT" 2>/dev/null || true
  if [[ -e $STATE_DIR/made-mount-point ]]; then
    rmdir "$MOUNT_POINT" 2>/dev/null || say "$MOUNT_POINT is not empty and stays"
  fi
fi
rm -f "$STATE_DIR/made-mount-point"
release_host
rmdir "$STATE_DIR" 2>/dev/null || true
say "$MOUNT_POINT is unmounted; the data on it was not touched"
