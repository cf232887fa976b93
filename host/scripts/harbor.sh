#!/usr/bin/env bash
# Starts and stops Harbor on this node; harbor.service runs it, and so may a person.
#   harbor.sh up     starts what does not run and recreates what was changed, the proxy last
#   harbor.sh drain [SECONDS]
#                    stops the proxy alone: its port is closed at once, so that clients go to the next
#                    address, and what they have begun gets so many seconds (30) to finish
#   harbor.sh stale  says by its status whether the proxy was started before what it passes requests to
#   harbor.sh stop   stops everything, the proxy first
#   harbor.sh down   stops everything, the proxy first, and takes the containers away
# Changes nothing but the containers of this project.
set -euo pipefail
export LC_ALL=C
readonly PROJECT=harbor CURRENT=/opt/harbor/current
# Seconds; what answers later is for the health gate to judge.
readonly UPSTREAM_TIMEOUT=${UPSTREAM_TIMEOUT:-60}

compose() {
  local command=(docker-compose)
  ! docker compose version >/dev/null 2>&1 || command=(docker compose)
  "${command[@]}" -p "$PROJECT" --project-directory "$CURRENT" -f "$CURRENT/docker-compose.yml" "$@"
}

# Every container logs through the log service's port and fails to start before it listens
# (goharbor/harbor#7008, goharbor/harbor#12063, goharbor/harbor#18704).
wait_for_log() {
  local tries
  for ((tries = 0; tries < 150; tries++)); do
    (exec 3<>/dev/tcp/127.0.0.1/1514) 2>/dev/null && return
    sleep 0.2
  done
  echo "the log service does not listen on 127.0.0.1:1514; look at its container (docker ps -a, docker logs)" >&2
  return 1
}

# containers SERVICE [OPTION…]: the ids of its containers that run.
containers() {
  docker ps -q --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=$1" "${@:2}"
}

# Without docker-compose and its file, so that it can be done whatever has become of the release.
stop_proxy() {
  local id
  id=$(containers proxy)
  [[ -z $id ]] || docker stop -t "$1" "$id" >/dev/null
}

# started SERVICE: when its container was started, and its address; fails where none runs.
started() {
  local id
  id=$(containers "$1" --filter status=running | head -n 1)
  [[ -n $id ]] || return 1
  docker inspect -f '{{.State.StartedAt}}{{range .NetworkSettings.Networks}} {{.IPAddress}}{{end}}' "$id"
}

# What the proxy passes requests to, a line each: service and port.
upstreams() {
  sed -nE 's/^[[:space:]]*server[[:space:]]+([A-Za-z0-9._-]+):([0-9]+)[[:space:];].*/\1 \2/p' \
    "$CURRENT/common/config/nginx/nginx.conf"
}

# answers SERVICE PORT: whether its container takes connections.
answers() {
  local address
  read -r _ address _ < <(started "$1") || return 1
  # shellcheck disable=SC2016 # the inner shell expands them
  timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$2" 2>/dev/null
}

# wait_for_upstreams SERVICE…: those among these that the proxy passes requests to.
wait_for_upstreams() {
  local deadline=$((SECONDS + UPSTREAM_TIMEOUT)) service port
  while read -r service port; do
    [[ " $* " == *" $service "* ]] || continue
    until answers "$service" "$port"; do
      [[ $SECONDS -lt $deadline ]] || {
        echo "$service does not answer on port $port; the proxy is started without it" >&2
        break
      }
      sleep 0.2
    done
  done < <(upstreams)
}

# nginx looks its upstreams' addresses up once, at its start, and one that was started since may have
# another, whoever started it: docker starts them in any order at a boot, and again after a crash.
proxy_is_stale() {
  local proxy service time
  read -r proxy _ < <(started proxy) || return 1
  while read -r service _; do
    read -r time _ < <(started "$service") || continue
    # Without their Z, times of more and of fewer digits compare as texts.
    [[ ! ${time%Z} > ${proxy%Z} ]] || return 0
  done < <(upstreams)
  return 1
}

# A proxy that need not be started anew serves all the while.
up() {
  local list services
  compose up -d log
  wait_for_log
  # Without a name, compose would start all of them.
  list=$(compose config --services | grep -vxF proxy)
  mapfile -t services <<<"$list"
  compose up -d --no-deps "${services[@]}"
  wait_for_upstreams "${services[@]}"
  if proxy_is_stale; then stop_proxy 5; fi
  compose up -d --remove-orphans
}

case ${1:-} in
  up) up ;;
  drain) stop_proxy "${2:-30}" ;;
  stale) proxy_is_stale ;;
  stop)
    stop_proxy 5
    compose stop -t 10
    ;;
  down)
    stop_proxy 5
    compose down -t 10 --remove-orphans
    ;;
  *)
    echo "usage: $0 up | drain [SECONDS] | stale | stop | down" >&2
    exit 2
    ;;
esac
