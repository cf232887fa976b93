#!/usr/bin/env bash
# Functions that talk to Redis by its own protocol, so that no client has to be installed.
# Changes nothing. Uses SECRET[redis_password].

# redis_time HOST PORT: authenticates and prints the server's clock in milliseconds.
# On failure it prints the reason and returns 1.
redis_time() {
  local host=$1 port=$2 reply seconds micros password=${SECRET[redis_password]}
  if ! answers "$host" "$port"; then
    echo "no answer from $host:$port"
    return 1
  fi
  exec 4<>"/dev/tcp/$host/$port"
  # shellcheck disable=SC2016 # $4 is a length in Redis's protocol
  printf '*2\r\n$4\r\nAUTH\r\n$%d\r\n%s\r\n*1\r\n$4\r\nTIME\r\n' "${#password}" "$password" >&4
  IFS= read -r -t 5 reply <&4 || reply='no reply'
  if [[ $reply != +OK* ]]; then
    exec 4>&-
    echo "the password is refused: ${reply%$'\r'}"
    return 1
  fi
  # *2, $10, seconds, $6, microseconds
  IFS= read -r -t 5 reply <&4 && IFS= read -r -t 5 reply <&4 && IFS= read -r -t 5 seconds <&4 &&
    IFS= read -r -t 5 reply <&4 && IFS= read -r -t 5 micros <&4 || seconds=''
  exec 4>&-
  seconds=${seconds%$'\r'}
  micros=${micros%$'\r'}
  if ! [[ $seconds =~ ^[0-9]+$ && $micros =~ ^[0-9]+$ ]]; then
    echo "an unexpected reply from $host:$port (is it Redis?)"
    return 1
  fi
  echo $((seconds * 1000 + 10#$micros / 1000))
}
