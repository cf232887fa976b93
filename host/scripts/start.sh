#!/usr/bin/env bash
# Makes a staged release the running one. Where something will be restarted, the node goes out of
# service first: its record is withdrawn, its proxy drained. Then `current` is pointed at the release,
# what changed is started, the health gate waited for, the node's record published and its health timer
# installed. On a node that runs the release already, nothing is restarted.
# Reads from standard input: release_digest, keypair, tsig, redis_password for the health timer,
# certificate_pin with HTTPS, docker_proxy (docker's proxy settings as mount.sh wrote them: the step runs
# again when they change), stamp (what the stage step printed: the step runs again whenever that has
# run), a file line for bin/harbor.sh, and the values that log lines must not show.

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

# Whether a container that runs differs from the release, a service has none, or the proxy has to look
# its upstreams up again; so it is where that cannot be told. `current` is the path that containers are
# made with, and may still be the earlier release, whose env files are read then: the labels tell those
# apart.
would_restart() {
  local hashes service hash id
  hashes=$(compose -p "$PROJECT" --project-directory "$INSTALL_DIR/current" \
    -f "$RELEASE/docker-compose.yml" config --hash='*' 2>/dev/null) || return 0
  while read -r service hash; do
    id=$(docker ps -q --filter "label=com.docker.compose.project=$PROJECT" \
      --filter "label=com.docker.compose.service=$service")
    [[ -n $id ]] || return 0
    [[ $(docker inspect -f '{{index .Config.Labels "com.docker.compose.config-hash"}}' "$id") == "$hash" ]] ||
      return 0
  done < <(printf '%s' "${hashes:+$hashes$'\n'}")
  "$INSTALL_DIR/bin/harbor.sh" stale 9>&-
}

# Whether clients may be using this node.
serves() {
  [[ -n $(docker ps -q --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=proxy") ]]
}

drain() {
  meanwhile "the proxy finishes what clients have begun" "$DRAIN_TIMEOUT" \
    "$INSTALL_DIR/bin/harbor.sh" drain "$DRAIN_TIMEOUT" 9>&- ||
    fail "the proxy does not stop; see journalctl -u docker, correct that and run again"
}

run_service() {
  local action=start
  if systemctl is-active -q harbor.service; then action=reload; fi
  systemctl "$action" harbor.service 9>&-
}

start_harbor() {
  local since
  since=$(date '+%F %T')
  # As long as its unit waits.
  meanwhile "starting Harbor" 600 run_service || {
    journalctl -u harbor.service --since "$since" -n 20 --no-pager -o cat | redact |
      sed "s/^/$NODE:   /" >&2 || true
    fail "Harbor does not start; the lines above are harbor.service's"
  }
}

# What becomes of a run that is ended, by a failure or from outside, once the node is out of service.
#
# Until the new release has started, what ran before is started again: a proxy that stays stopped would
# cost a node for a mistake that the earlier release does not have, or for a connection that was lost.
# This run does not judge it: the health timer publishes its record again, or else the next run. A
# release that runs and fails its gate is left running: its containers and logs say why, and the gate's
# reason may as well lie outside, where the earlier one would fail too.
leave() {
  local record="the node is out of the round robin"
  # Nobody may be there to read a line.
  trap '' PIPE
  if [[ -n $earlier ]]; then
    if point_current "$earlier" && meanwhile "starting what ran before" 600 run_service; then
      say "what ran before is started again"
    else
      say "what ran before cannot be started again"
    fi
  fi
  if [[ $DNS_PROVIDER == manual ]]; then
    record="keep the node's record away"
  elif has_record; then
    record="the node's record is still there"
  fi
  say "$record${PEERS:+, the other nodes serve as before}: correct the cause and run again, or go back by a run with the settings of before"
}

read_input
take_lock
refuse_foreign_host
find_release
write_service
# What this node can go on with until the release has started, and when it went out of service.
earlier=''
drained=''
if docker_proxy_pending || would_restart; then
  if serves; then
    withdraw_record keep-last
    earlier=$(readlink "$INSTALL_DIR/current" || true)
    trap leave EXIT
    say "stopping the proxy: what clients have begun gets up to $DRAIN_TIMEOUT s (rollout.drainTimeout)"
    drain
    drained=$SECONDS
  fi
  if docker_proxy_pending; then
    restart_docker
    # Docker starts every container with it.
    drain
  fi
  say "starting $(basename "$RELEASE" | cut -d- -f1)"
fi
trap leave EXIT
# Not earlier: a run that is ended before has to find what runs under its own name.
point_current "$RELEASE"
start_harbor
earlier=''
wait_for_gate
[[ -z $drained ]] || say "was out of service for $((SECONDS - drained)) s"
mark_node
publish_record
install_health_timer
trap - EXIT
