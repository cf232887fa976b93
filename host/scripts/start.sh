#!/usr/bin/env bash
# Makes a staged release the running one: takes the node out of the round robin where something will
# be restarted, points `current` at the release, starts what changed, waits for the health gate and
# publishes the node's record. On a node that runs it already, nothing is restarted.
# Reads from standard input: release_digest, keypair, tsig, docker_proxy (docker's proxy settings as
# mount.sh wrote them: the step runs again when they change), a file line for bin/harbor.sh, and the
# values that log lines must not show.

# The service tries again and again: the backing services may come up after this host.
write_service() {
  local unit=/etc/systemd/system/harbor.service
  write_files
  if replace_file "$unit" 0644 <<<"[Unit]
Description=Harbor registry ($DOMAIN)
Requires=docker.service
After=docker.service network-online.target
Wants=network-online.target
RequiresMountsFor=$MOUNT_POINT

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=$INSTALL_DIR/bin/harbor.sh up
ExecReload=$INSTALL_DIR/bin/harbor.sh up
ExecStop=$INSTALL_DIR/bin/harbor.sh stop
TimeoutStartSec=600
Restart=on-failure
RestartSec=10

[Install]
WantedBy=multi-user.target"; then
    systemctl daemon-reload
  fi
  systemctl enable -q harbor.service
}

# Whether a container that runs differs from the current release, or a service has none; so it is where
# that cannot be told.
would_restart() {
  local hashes service hash id current=$INSTALL_DIR/current
  hashes=$(compose -p "$PROJECT" --project-directory "$current" \
    -f "$current/docker-compose.yml" config --hash='*') || return 0
  while read -r service hash; do
    id=$(docker ps -q --filter "label=com.docker.compose.project=$PROJECT" \
      --filter "label=com.docker.compose.service=$service")
    [[ -n $id ]] || return 0
    [[ $(docker inspect -f '{{index .Config.Labels "com.docker.compose.config-hash"}}' "$id") == "$hash" ]] ||
      return 0
  done < <(printf '%s' "${hashes:+$hashes$'\n'}")
  return 1
}

start_harbor() {
  local since action=start
  since=$(date '+%F %T')
  if systemctl is-active -q harbor.service; then action=reload; fi
  if ! systemctl "$action" harbor.service 9>&-; then
    journalctl -u harbor.service --since "$since" -n 20 --no-pager -o cat | redact >&2 || true
    fail "Harbor does not start; the lines above are harbor.service's"
  fi
}

read_input
take_lock
KEYPAIR=${SECRET[keypair]}
release=$INSTALL_DIR/releases/$RELEASE_VERSION-${SECRET[release_digest]}
[[ -d $release ]] || fail "the release is not staged: $release"
mountpoint -q "$MOUNT_POINT" || fail "$MOUNT_POINT is not mounted"
write_service
ln -sfnT "$release" "$INSTALL_DIR/.current"
mv -T "$INSTALL_DIR/.current" "$INSTALL_DIR/current"
if docker_proxy_pending || would_restart; then
  if systemctl is-active -q harbor.service; then withdraw_record keep-last; fi
  if docker_proxy_pending; then restart_docker; fi
  say "starting $(basename "$release" | cut -d- -f1)"
fi
start_harbor
wait_for_gate
# As a whole or not at all: a file system that is full must not cost the mark that the peers look for.
replace_file "$MOUNT_POINT/.harbor-ha/nodes/$NODE" 0600 <<<"$CLUSTER"$'\n'"$KEYPAIR" || true
publish_record
