#!/usr/bin/env bash
# Makes this host a node of the stack, by a mark (host-owner.sh), and the shared file system part of it:
# packages that are missing, the client's key (0600), one line in fstab, the mount itself, an order that
# starts docker after it, and docker's proxy.
# Reads from standard input: file lines for /etc/ceph (they hold the key), and one for docker's proxy
# settings where DOCKER_PROXY is true.
# A host that has all of it is left as it is; existing data is never touched. Refuses a host and a
# directory of another stack, unless that is this one's PREDECESSOR.

install_packages() {
  local missing
  missing=$(missing_packages)
  [[ -n $missing ]] || return 0
  [[ $INSTALL_PACKAGES == true ]] ||
    fail "packages are missing: $missing; install them, or set installPackages to true"
  say "installing $missing, which may take some minutes"
  # shellcheck disable=SC2086 # a list of names
  meanwhile "installing packages" "" apt_install $missing ||
    fail "$missing cannot be installed; the lines above say why: let this host reach its distribution's packages, or install them by hand, then run again"
}

apt_install() {
  # What a host that went down in the middle of an installation left half done.
  dpkg --configure -a 9>&- >/dev/null &&
    apt-get -qq -o DPkg::Lock::Timeout=300 update 9>&- >/dev/null &&
    apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@" 9>&- >/dev/null
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
  [[ -z $other ]] || fail "/etc/fstab has a line for $MOUNT_POINT that is not ours: $other; take it out, or choose another cephfs.mountPoint"
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
    mounted_now=true
    systemctl reset-failed "$unit" 2>/dev/null || true
    say "mounting $MOUNT_POINT"
    meanwhile "mounting $MOUNT_POINT" "" systemctl start "$unit" 9>&- || true
  fi
  if ! mountpoint -q "$MOUNT_POINT"; then
    journalctl -u "$unit" -n 15 --no-pager -o cat 2>/dev/null | redact >&2 || true
    fail "$MOUNT_POINT is not mounted; look at the lines above, cephfs.monitors, cephfs.client and cephfs.key"
  fi
  case $(findmnt -n -o FSTYPE --mountpoint "$MOUNT_POINT" | tail -n 1) in
    ceph | fuse.ceph*) say "$MOUNT_POINT is mounted" ;;
    *) fail "$MOUNT_POINT is mounted, but it is not CephFS; unmount it, or choose another cephfs.mountPoint" ;;
  esac
}

# foreign_file_system: a node's mark of another stack, where this one has none there. One that it has
# says that the file system is its own by now, whatever nodes that are gone for good left there.
foreign_file_system() {
  local mark held foreign=''
  for mark in "$MOUNT_POINT"/.harbor-ha/nodes/*; do
    [[ -f $mark ]] || continue
    held=$(head -n 1 "$mark")
    if is_of "$held" "$CLUSTER"; then return; fi
    if [[ -n $held ]] && ! is_of "$held" "$PREDECESSOR"; then foreign=$held; fi
  done
  echo "$foreign"
}

# Before anything is written there. What was mounted for it goes, so that another path can be mounted.
refuse_foreign_file_system() {
  local foreign text
  foreign=$(foreign_file_system)
  [[ -n $foreign ]] || return 0
  if [[ $mounted_now == true ]] && umount "$MOUNT_POINT" 2>/dev/null; then
    text=$(fstab_without_ours && echo .)
    replace_file /etc/fstab 0644 < <(printf '%s' "${text%.}") || true
    systemctl daemon-reload
  fi
  fail "the directory at $MOUNT_POINT is that of $(owner_in_words "$foreign"), and nothing was written there; name another (cephfs.path). Where this stack takes that one's place, as after a restore, or that one is gone for good: pulumi config set predecessor ${foreign%% *}, see \"What two stacks may not share\" in docs/environments.md"
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
  [[ $(cat "$probe") == "$text" ]] || fail "$MOUNT_POINT did not give back what was written; look at the file system (ceph -s) and cephfs.path, then run again"
  rm -f "$probe"
  [[ ! -e $probe ]] || fail "$MOUNT_POINT does not let files be deleted; give cephfs.client all rights below cephfs.path, then run again"
  [[ $(head -n 1 "$dir/nodes/$NODE" 2>/dev/null) == "$CLUSTER" ]] ||
    printf '%s\n' "$CLUSTER" >"$dir/nodes/$NODE"
  if [[ $IS_CARRIER == true ]]; then
    install -d -m 0700 "$dir/upload"
    chown -R "${SUDO_USER:-root}" "$dir/upload"
  fi
}

mounted_now=false
read_input
take_lock
refuse_foreign_host "$PREDECESSOR"
claim_host
install_packages
write_files
guard_mount_point
write_fstab
write_docker_order
if [[ $DOCKER_PROXY == true ]]; then write_docker_proxy; else remove_docker_proxy; fi
systemctl daemon-reload
mount_it
refuse_foreign_file_system
probe
systemctl enable -q docker
systemctl start docker 9>&-
apply_docker_proxy
