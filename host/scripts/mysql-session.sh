#!/usr/bin/env bash
# A login to MySQL and a query by its wire protocol, so that no client has to be installed before
# anything may be changed. It offers what the Go driver of Harbor 1.x offers, mysql_native_password
# and no TLS, so an account that only this check could not use is one that Harbor could not use either.
# Changes nothing. Password on descriptor-free builtins only: it never stands in an argument.

# bytes COUNT: that many bytes of descriptor 5, in hexadecimal; fewer from a server that says nothing.
bytes() { timeout 5 head -c "$1" <&5 | od -An -v -tx1 | tr -d ' \n'; }

# packet: the payload of the next packet, in hexadecimal.
packet() {
  local header
  header=$(bytes 4)
  [[ ${#header} -eq 8 ]] || return 1
  bytes $((16#${header:4:2}${header:2:2}${header:0:2}))
}

# send SEQUENCE HEX: one packet.
send() {
  local length=$((${#2} / 2)) hex
  printf -v hex '%02x%02x%02x%02x%s' $((length & 255)) $((length >> 8 & 255)) $((length >> 16)) "$1" "$2"
  unhex "$hex" >&5
}

unhex() {
  local escaped
  # shellcheck disable=SC2001 # bash has no back-reference
  escaped=$(sed 's/../\\x&/g' <<<"$1")
  # shellcheck disable=SC2059 # the escapes are the content
  printf "$escaped"
}

hex_of() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
text_of() { unhex "$1" | tr -d '\000'; }
sha1_of_hex() { unhex "$1" | sha1sum | cut -c1-40; }

# scramble NONCE_HEX PASSWORD: SHA1(password) xor SHA1(nonce + SHA1(SHA1(password)))
scramble() {
  local first second mask i out=''
  first=$(printf '%s' "$2" | sha1sum | cut -c1-40)
  second=$(sha1_of_hex "$first")
  mask=$(sha1_of_hex "$1$second")
  for ((i = 0; i < 40; i += 2)); do
    printf -v out '%s%02x' "$out" $((16#${first:i:2} ^ 16#${mask:i:2}))
  done
  echo "$out"
}

# until_nul HEX: the part before the first zero byte.
until_nul() {
  local i
  for ((i = 0; i < ${#1}; i += 2)); do
    [[ ${1:i:2} == 00 ]] && break
  done
  echo "${1:0:i}"
}

# server_error PACKET: the server's words and the error's number. Behind the marker of an error stand
# its number 2, a marker 1 and the SQL state 5.
server_error() { echo "$(text_of "${1:18}") (error $((16#${1:4:2}${1:2:2})))"; }

# mysql_login HOST PORT USER PASSWORD DATABASE: leaves the session open on descriptor 5; prints the
# reason and returns 1 when it fails.
mysql_login() {
  local host=$1 port=$2 user=$3 password=$4 database=$5
  local greeting version rest nonce reply plugin
  if ! answers "$host" "$port"; then
    echo "no answer from $host:$port"
    return 1
  fi
  exec 5<>"/dev/tcp/$host/$port"
  greeting=$(packet) || greeting=''
  if [[ ${greeting:0:2} == ff ]]; then
    echo "the server refuses connections: $(text_of "${greeting:6}")"
    return 1
  elif [[ ${greeting:0:2} != 0a ]]; then
    echo "no MySQL greeting from $host:$port"
    return 1
  fi
  version=$(until_nul "${greeting:2}")
  rest=${greeting:$((2 + ${#version} + 2))}
  # connection id 4, nonce 8, filler 1, flags 2, charset 1, status 2, flags 2, length 1, reserved 10
  nonce=${rest:8:16}${rest:$((31 * 2)):24}
  # flags: long password, with database, protocol 4.1, secure connection, plugin authentication
  send 1 "09820800""00000001""21""$(printf '00%.0s' {1..23})""$(hex_of "$user")00""14$(scramble "$nonce" "$password")""$(hex_of "$database")00""$(hex_of mysql_native_password)00"
  reply=$(packet) || reply=''
  if [[ ${reply:0:2} == fe ]]; then
    plugin=$(until_nul "${reply:2}")
    nonce=${reply:$((2 + ${#plugin} + 2)):40}
    plugin=$(text_of "$plugin")
    if [[ $plugin != mysql_native_password ]]; then
      echo "the account of $user uses $plugin, which Harbor 1.x cannot speak; give it mysql_native_password"
      return 1
    fi
    send 3 "$(scramble "$nonce" "$password")"
    reply=$(packet) || reply=''
  fi
  case ${reply:0:2} in
    00) ;;
    ff)
      server_error "$reply"
      return 1
      ;;
    *)
      echo "an unexpected reply from $host:$port"
      return 1
      ;;
  esac
}

# read_column: the rows of a result with one column, as text, a line each. The login asks for no
# CLIENT_DEPRECATE_EOF, so a short packet that begins with fe ends the columns, and another the rows.
# Prints the server's error alone, or nothing for a reply of another form, and returns 1.
read_column() {
  local reply rows=()
  reply=$(packet) || return 1
  if [[ $reply == 01 ]]; then
    packet >/dev/null && [[ $(packet) =~ ^fe.{8}$ ]] || return 1
    while reply=$(packet); do
      case ${reply:0:2} in
        fe)
          [[ ${#rows[@]} -eq 0 ]] || printf '%s\n' "${rows[@]}"
          return 0
          ;;
        fb) rows+=(NULL) ;;
        ff) break ;;
        *)
          # One byte of length is enough for what is asked here.
          [[ ${#reply} -eq $((2 + 2 * 16#${reply:0:2})) ]] || return 1
          rows+=("$(text_of "${reply:2}")")
          ;;
      esac
    done
  fi
  [[ ${reply:0:2} != ff ]] || server_error "$reply"
  return 1
}

# mysql_column HOST PORT USER PASSWORD DATABASE QUERY: the rows of a query for one column, a line
# each; prints the reason instead and returns 1 when the login or the query fails.
mysql_column() (
  mysql_login "${@:1:5}" || return 1
  send 0 "03$(hex_of "$6")"
  if ! result=$(read_column); then
    echo "${result:-an unexpected reply from $1:$2}"
    return 1
  fi
  # Hanging up without a word is an aborted connection in the server's log.
  send 0 01
  echo "$result"
)
