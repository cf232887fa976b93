#!/usr/bin/env bash
# Starts and stops Harbor on this node; harbor.service runs it, and so may a person.
#   harbor.sh up     starts what does not run and recreates what was changed
#   harbor.sh stop   stops everything, the proxy first, so that clients go to the next address at once
# Changes nothing but the containers of this project.
set -euo pipefail
readonly PROJECT=harbor CURRENT=/opt/harbor/current

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
  echo "the log service does not listen on 127.0.0.1:1514" >&2
  return 1
}

case ${1:-} in
  up)
    compose up -d log
    wait_for_log
    compose up -d --remove-orphans
    ;;
  stop)
    compose stop -t 5 proxy
    compose stop -t 10
    ;;
  down)
    compose stop -t 5 proxy
    compose down -t 10 --remove-orphans
    ;;
  *)
    echo "usage: $0 up | stop | down" >&2
    exit 2
    ;;
esac
