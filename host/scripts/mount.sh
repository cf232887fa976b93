#!/usr/bin/env bash
# Makes the shared file system part of this host: packages that are missing, the client's key (0600),
# one line in fstab, the mount itself, an order that starts docker after it, and docker's proxy.
# Reads from standard input: file lines for /etc/ceph (they hold the key), and one for docker's proxy
# settings where DOCKER_PROXY is true.
# A host that has all of it is left as it is; existing data is never touched.

install_packages() {
  local missing
  missing=$(missing_packages)
  [[ -n $missing ]] || return 0
  [[ $INSTALL_PACKAGES == true ]] || fail "packages are missing: $missing (installPackages is false)"
  say "installing $missing"
  # What a host that went down in the middle of an installation left half done.
  dpkg --configure -a 9>&- >/dev/null
  apt-get -qq -o DPkg::Lock::Timeout=300 update 9>&- >/dev/null
  # shellcheck disable=SC2086 # a list of names
  apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install $missing 9>&- >/dev/null
}

# A container or a person that writes before the mount is there would fill the local disk, and hide
# the files under the mount later; an immutable directory refuses even root.
guard_mount_point() {
  mountpoint -q "$MOUNT_POINT" && return 0
  if [[ ! -d $MOUNT_POINT ]]; then
    install -d -m 0700 "$STATE_DIR"
    touch "$STATE_DIR/made-mount-point"
    install -d -m 0755 "$MOUNT_POINT"
  fi
  [[ -z $(ls -A "$MOUNT_POINT") ]] ||
    fail "$MOUNT_POINT is not mounted and not empty; move what is in it, or choose another cephfs.mountPoint"
  chattr +i "$MOUNT_POINT" 2>/dev/null ||
    say "$MOUNT_POINT cannot be made immutable here; nothing else guards it while it is unmounted"
}

write_fstab() {
  local other text
  other=$(foreign_fstab_line)
  [[ -z $other ]] || fail "/etc/fstab has a line for $MOUNT_POINT that is not ours: $other"
  text=$(fstab_without_ours && printf '%s\n%s' "$FSTAB_MARK" "$FSTAB_LINE")
  if replace_file /etc/fstab 0644 < <(printf '%s\n' "$text"); then
    say "fstab: $FSTAB_LINE"
  fi
}

write_docker_order() {
  local dir=/etc/systemd/system/docker.service.d
  make_dirs 0755 "$dir"
  replace_file "$dir/harbor-ha.conf" 0644 <<<"# Containers must not start on the empty mount point.
[Unit]
RequiresMountsFor=$MOUNT_POINT" || true
}

# Only a node that serves nobody has its docker restarted here; another one takes its turn in the
# start step, out of the round robin.
apply_docker_proxy() {
  docker_proxy_pending || return 0
  if systemctl is-active -q harbor.service ||
    [[ -n $(docker ps -q --filter "label=com.docker.compose.project=$PROJECT") ]]; then
    say "docker takes its new proxy settings with the next start of this node"
  else
    restart_docker
  fi
}

# mount(8) may say 0 without a mount and stacks a second one when asked twice; the unit does neither,
# and only mountpoint(1) says whether it is there.
mount_it() {
  local unit
  unit=$(systemd-escape -p --suffix=mount "$MOUNT_POINT")
  if ! mountpoint -q "$MOUNT_POINT"; then
    systemctl reset-failed "$unit" 2>/dev/null || true
    systemctl start "$unit" 9>&- || true
  fi
  if ! mountpoint -q "$MOUNT_POINT"; then
    journalctl -u "$unit" -n 15 --no-pager -o cat 2>/dev/null | redact >&2 || true
    fail "$MOUNT_POINT is not mounted; look at the lines above, cephfs.monitors, cephfs.client and cephfs.key"
  fi
  case $(findmnt -n -o FSTYPE --mountpoint "$MOUNT_POINT" | tail -n 1) in
    ceph | fuse.ceph*) say "$MOUNT_POINT is mounted" ;;
    *) fail "$MOUNT_POINT is mounted, but it is not CephFS" ;;
  esac
}

# What is written must be read back and can be taken away again; then a mark stays, by which the
# other nodes see that they look at the same file system.
probe() {
  local dir=$MOUNT_POINT/.harbor-ha probe text
  # The carrier's login user must reach its own folder through ours, whichever node was here last.
  install -d -m 0711 "$dir"
  install -d -m 0700 "$dir/nodes"
  make_dirs 0750 "$MOUNT_POINT/$DATA_DIRECTORY"
  probe=$dir/probe-$NODE
  text="$NODE $$ $(date -u +%FT%T.%NZ)"
  printf '%s\n' "$text" >"$probe"
  sync -f "$probe"
  [[ $(cat "$probe") == "$text" ]] || fail "$MOUNT_POINT did not give back what was written"
  rm -f "$probe"
  [[ ! -e $probe ]] || fail "$MOUNT_POINT does not let files be deleted"
  [[ $(head -n 1 "$dir/nodes/$NODE" 2>/dev/null) == "$CLUSTER" ]] ||
    printf '%s\n' "$CLUSTER" >"$dir/nodes/$NODE"
  if [[ $IS_CARRIER == true ]]; then
    install -d -m 0700 "$dir/upload"
    chown -R "${SUDO_USER:-root}" "$dir/upload"
  fi
}

read_input
take_lock
install_packages
write_files
guard_mount_point
write_fstab
write_docker_order
if [[ $DOCKER_PROXY == true ]]; then write_docker_proxy; else remove_docker_proxy; fi
systemctl daemon-reload
mount_it
probe
systemctl enable -q docker
systemctl start docker 9>&-
apply_docker_proxy
