#!/usr/bin/env bash
# The health gate: whether this node may serve clients. Changes nothing.
# A check's failure is one line that names it; wait_for_gate shows the last log lines beside it.

# fetch ADDRESS PATH [OPTION…]: what a node answers under the common name, past DNS and proxies. The
# certificate's issuer need not be known on a node: this node is known by its certificate's key, and
# a peer, which may serve an earlier key until its turn, is only told what anybody is.
fetch() {
  local address=$1 path=$2 trust=()
  shift 2
  if [[ $PROTOCOL == https ]]; then
    trust=(--insecure)
    [[ $address != 127.0.0.1 ]] || trust+=(--pinnedpubkey "${SECRET[certificate_pin]}")
  fi
  curl -sS -m 10 --noproxy '*' --resolve "$DOMAIN:$PORT:$address" "${trust[@]}" "$@" \
    "$PROTOCOL://$DOMAIN:$PORT$path"
}

check_containers() {
  local service id state
  for service in $SERVICES; do
    id=$(docker ps -aq --filter "label=com.docker.compose.project=$PROJECT" \
      --filter "label=com.docker.compose.service=$service" | head -n 1)
    [[ -n $id ]] || {
      echo "containers: $service has none"
      return 1
    }
    state=$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' "$id")
    [[ $state == running* ]] || {
      echo "containers: $service is $state"
      return 1
    }
  done
}

# curl's status for a key that is not the pinned one.
readonly WRONG_KEY=90

check_certificate() {
  local status=0
  [[ $PROTOCOL == https ]] || return 0
  fetch 127.0.0.1 / -o /dev/null 2>/dev/null || status=$?
  [[ $status -ne $WRONG_KEY ]] || {
    echo "certificate: the proxy does not serve the one that was declared"
    return 1
  }
}

# systeminfo answers 200 with the database down; a search cannot.
check_search() {
  local status
  status=$(fetch 127.0.0.1 '/api/search?q=harbor' -o /dev/null -w '%{http_code}' 2>/dev/null) || true
  [[ $status == 200 ]] || {
    echo "search: /api/search answers ${status:-nothing} instead of 200 (500 means no database)"
    return 1
  }
}

# token_of ADDRESS: a token that a node issues. Nobody's password is needed: whoever asks for a scope
# without one gets a token for what is public, signed as any other.
token_of() {
  fetch "$1" '/service/token?service=harbor-registry&scope=repository:library/health:pull' -f 2>/dev/null |
    sed -n 's/.*"token" *: *"\([^"]*\)".*/\1/p'
}

# accepts ADDRESS TOKEN: the status with which a node's registry answers to a token.
accepts() {
  fetch "$1" /v2/ -o /dev/null -w '%{http_code}' \
    -K <(printf 'header = "Authorization: Bearer %s"\n' "$2") 2>/dev/null || true
}

# A peer takes part once its own gate has passed, which its mark on the mount says, and while it
# answers; one that still runs another keypair is about to be changed after this node.
check_tokens() {
  local own theirs peer address status mark
  own=$(token_of 127.0.0.1) || true
  [[ -n $own ]] || {
    echo "token: this node issues none"
    return 1
  }
  status=$(accepts 127.0.0.1 "$own")
  [[ $status == 200 ]] || {
    echo "token: this node's registry answers $status to this node's token"
    return 1
  }
  for peer in $PEERS; do
    address=${peer#*=}
    peer=${peer%%=*}
    mark=$(sed -n 2p "$MOUNT_POINT/.harbor-ha/nodes/$peer" 2>/dev/null) || true
    [[ $mark == "$KEYPAIR" ]] || continue
    [[ $(accepts "$address" none) == 401 ]] || continue
    status=$(accepts "$address" "$own")
    [[ $status == 200 ]] || {
      echo "token: the registry of $peer answers $status to this node's token (different keypairs give 401)"
      return 1
    }
    theirs=$(token_of "$address") || true
    [[ -n $theirs ]] || {
      echo "token: $peer issues none"
      return 1
    }
    status=$(accepts 127.0.0.1 "$theirs")
    [[ $status == 200 ]] || {
      echo "token: this node's registry answers $status to the token of $peer (different keypairs give 401)"
      return 1
    }
  done
}

check_node() { check_containers && check_certificate && check_search && check_tokens; }

last_log_lines() {
  local file
  for file in ui registry adminserver proxy; do
    file=$(find "$LOG_DIR" -name "$file.log" -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d' ' -f2-)
    [[ -n $file ]] || continue
    say "last lines of $file:"
    tail -n 5 "$file" | redact | sed "s/^/$NODE:   /" >&2
  done
}

# say_wait WHAT BEGAN REASON: what is waited for and why, every 10 s; nothing for what does not last.
SAID_AT=0
say_wait() {
  local last=$((SAID_AT > $2 ? SAID_AT : $2))
  [[ $((SECONDS - last)) -ge ${SIGN_OF_LIFE:-10} ]] || return 0
  SAID_AT=$SECONDS
  say "waiting for $1 ($((SECONDS - $2)) s of $HEALTH_TIMEOUT s): $3"
}

# A service may answer once and fail right after its start; three times in a row count.
wait_for_gate() {
  local began=$SECONDS passed=0 reason=''
  while [[ $passed -lt 3 ]]; do
    if reason=$(check_node); then
      passed=$((passed + 1))
    else
      passed=0
      if [[ $((SECONDS - began)) -ge $HEALTH_TIMEOUT ]]; then
        last_log_lines || true
        fail "the health gate failed after $HEALTH_TIMEOUT s: $reason"
      fi
      say_wait "the health gate" "$began" "$reason"
    fi
    sleep 0.3
  done
  say "the health gate has passed"
}
