#!/usr/bin/env bash
# Functions that talk to Redis by its own protocol, so that no client has to be installed.
# Change nothing by themselves. Use SECRET[redis_password], and descriptor 4 for the connection.

# redis_send WORD…: sends one command; redis_reply reads what it answers. A connection that is gone ends
# the shell that writes to it.
# shellcheck disable=SC2016 # $ is a length in Redis's protocol
redis_send() {
  local word
  REDIS_REPLY=()
  (
    printf '*%d\r\n' $#
    for word; do printf '$%d\r\n%s\r\n' "${#word}" "$word"; done
  ) 2>/dev/null >&4
}

redis_line() {
  IFS= read -r -t "${REDIS_TIMEOUT:-5}" REDIS_LINE <&4 || return 1
  REDIS_LINE=${REDIS_LINE%$'\r'}
}

# redis_reply: reads one reply into the array REDIS_REPLY, a list's words each on its own and a word
# that is not there as an empty one. Returns 1 for an error, which REDIS_REPLY holds, and for silence.
redis_reply() {
  REDIS_REPLY=()
  redis_words 1
}

# redis_words COUNT: the next replies; in a list there may be lists.
redis_words() {
  local left
  for ((left = $1; left > 0; left--)); do
    redis_line || return 1
    case $REDIS_LINE in
      [+:]*) REDIS_REPLY+=("${REDIS_LINE:1}") ;;
      '$-1') REDIS_REPLY+=("") ;;
      '$'*)
        redis_line || return 1
        REDIS_REPLY+=("$REDIS_LINE")
        ;;
      '*'[0-9]*) redis_words "${REDIS_LINE:1}" || return 1 ;;
      *)
        REDIS_REPLY=("$REDIS_LINE")
        return 1
        ;;
    esac
  done
}

# redis_open HOST PORT: an authenticated connection on descriptor 4. On failure REDIS_PROBLEM says
# why, and there is none.
redis_open() {
  REDIS_PROBLEM="no answer from $1:$2"
  answers "$1" "$2" "${REDIS_TIMEOUT:-3}" || return 1
  { exec 4<>"/dev/tcp/$1/$2"; } 2>/dev/null || return 1
  # A function's failure in a condition ends nothing by itself.
  if redis_send AUTH "${SECRET[redis_password]}" && redis_reply; then return; fi
  redis_close
  REDIS_PROBLEM="the password is refused: ${REDIS_REPLY[*]:-no reply}"
  return 1
}

redis_close() { exec 4>&-; }

# redis_time HOST PORT: authenticates and prints the server's clock in milliseconds.
# On failure it prints the reason and returns 1.
redis_time() {
  local seconds micros
  redis_open "$1" "$2" || {
    echo "$REDIS_PROBLEM"
    return 1
  }
  { redis_send TIME && redis_reply; } || REDIS_REPLY=()
  redis_close
  seconds=${REDIS_REPLY[0]:-}
  micros=${REDIS_REPLY[1]:-}
  if ! [[ $seconds =~ ^[0-9]+$ && $micros =~ ^[0-9]+$ ]]; then
    echo "an unexpected reply from $1:$2 (is it Redis?)"
    return 1
  fi
  echo $((seconds * 1000 + 10#$micros / 1000))
}
