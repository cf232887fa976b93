#!/usr/bin/env bash
# How docker on this node reaches registries through a proxy: a drop-in of docker's unit that reads
# a file of root's alone, since `systemctl show` tells everybody what stands in the unit itself.
# The functions say when docker has to be restarted for it; only restart_docker does that.

readonly PROXY_FILE=/etc/harbor-ha/docker-proxy.env
readonly PROXY_DROP_IN=/etc/systemd/system/docker.service.d/harbor-ha-proxy.conf

write_docker_proxy() {
  make_dirs 0755 "$(dirname "$PROXY_DROP_IN")"
  replace_file "$PROXY_DROP_IN" 0644 <<<"# The file may hold a password.
[Service]
EnvironmentFile=-$PROXY_FILE" || true
}

remove_docker_proxy() {
  rm -f "$PROXY_DROP_IN" "$PROXY_FILE" "$(dirname "$PROXY_FILE")"/.harbor-ha.*
  rmdir "$(dirname "$PROXY_FILE")" 2>/dev/null || true
}

# Whether the docker that runs was started with other settings than are written now: the file has a
# sum of them in it, and docker's process has what it was started with. A docker that does not run
# will take them.
docker_proxy_pending() {
  local pid wanted running
  pid=$(systemctl show -p MainPID docker.service)
  pid=${pid#MainPID=}
  [[ ${pid:-0} != 0 ]] || return 1
  wanted=$(sed -n 's/^HARBOR_HA_PROXY=//p' "$PROXY_FILE" 2>/dev/null || true)
  running=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^HARBOR_HA_PROXY=//p')
  [[ $wanted != "$running" ]]
}

# Harbor goes down before docker, in its own order.
restart_docker() {
  say "restarting docker, for its proxy settings"
  if systemctl is-active -q harbor.service; then
    meanwhile "Harbor stops before docker" "" systemctl stop harbor.service 9>&-
  fi
  # Docker's unit may be started three times a minute, then it stays down.
  systemctl reset-failed docker.service
  meanwhile "docker starts again" "" systemctl restart docker.service 9>&- ||
    fail "docker does not start again; see journalctl -u docker, correct that and run again"
  ! docker_proxy_pending ||
    fail "docker was restarted, but runs with other proxy settings than $PROXY_FILE; look for what else sets them (systemctl cat docker), then run again"
}
