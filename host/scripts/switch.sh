#!/usr/bin/env bash
# Gives this node another token keypair at the same time as every other one, since nodes with different
# pairs refuse each other's tokens. Says on standard output, a word a line:
#   nothing    nothing runs here, or all of it has the keypair already; the step ends
#   ready      everything is prepared and nothing changed; a line `go` on standard input goes on, and
#              without one the step ends and nothing was changed
#   stopping   the proxy takes no more connections
#   serving    this node's registry accepts this node's token again
# After `go` it changes bin/harbor.sh, `current`, the containers of what changed, and this node's mark;
# whoever gave the word need not be there any more.
# Reads from standard input: release_digest, keypair, certificate_pin with HTTPS, a file line for
# bin/harbor.sh, and the values that log lines must not show.

# has_other SERVICE PATH FILE: whether a container that runs has another file at a path than a file of
# the release. It has what it was started with, wherever `current` points since.
has_other() {
  local id pid theirs
  id=$(docker ps -q --filter status=running --filter "label=com.docker.compose.project=$PROJECT" \
    --filter "label=com.docker.compose.service=$1" | head -n 1)
  [[ -n $id ]] || return 1
  pid=$(docker inspect -f '{{.State.Pid}}' "$id")
  theirs=/proc/$pid/root$2
  [[ -e $theirs ]] && ! cmp -s "$theirs" "$3"
}

has_other_keypair() {
  has_other ui /etc/ui/private_key.pem "$RELEASE/common/config/ui/private_key.pem" ||
    has_other registry /etc/registry/root.crt "$RELEASE/common/config/registry/root.crt"
}

word() { echo "$1" || true; }

wait_for_go() {
  local line=''
  read -r -t "$GO_TIMEOUT" line || true
  [[ $line == go ]] ||
    fail "was ready, but was not told to go, which it is when every node is ready; nothing was changed here: see to the others, then run again"
}

# Every node looks at itself: the others are on their way too.
wait_for_tokens() {
  local began=$SECONDS reason
  until reason=$(check_search && PEERS='' check_tokens); do
    if [[ $((SECONDS - began)) -ge $HEALTH_TIMEOUT ]]; then
      last_log_lines || true
      fail "does not serve $HEALTH_TIMEOUT s after the switch: $reason"
    fi
    say_wait "tokens to be accepted" "$began" "$reason"
    sleep 0.2
  done
}

milliseconds() { date +%s%3N; }

read_input
take_lock
find_release
if ! has_other_keypair; then
  word nothing
  exit
fi
word ready
meanwhile "ready for the new keypair, waiting for the other nodes" "$GO_TIMEOUT" wait_for_go
# From here on the node goes to the end, also when the connection is lost.
trap '' HUP PIPE
write_files
began=$(milliseconds)
word stopping
meanwhile "the proxy finishes what clients have begun" "$DRAIN_TIMEOUT" harbor drain "$DRAIN_TIMEOUT"
point_current "$RELEASE"
meanwhile "starting Harbor with the new keypair" "" harbor up
wait_for_tokens
word serving
took=$(($(milliseconds) - began))
mark_node
say "has the new keypair; $((took / 1000)).$((took % 1000 / 100)) s without service on this node"
