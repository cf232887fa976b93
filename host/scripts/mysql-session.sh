#!/usr/bin/env bash
# A login to MySQL by its wire protocol, so that no client has to be installed before anything may
# be changed. It offers what the Go driver of Harbor 1.x offers, mysql_native_password and no TLS,
# so an account that only this check could not use is one that Harbor could not use either.
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

# mysql_login HOST PORT USER PASSWORD DATABASE: prints the reason and returns 1 when it fails.
mysql_login() {
  local host=$1 port=$2 user=$3 password=$4 database=$5
  local greeting version rest nonce reply plugin status=0
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
      exec 5>&-
      return 1
    fi
    send 3 "$(scramble "$nonce" "$password")"
    reply=$(packet) || reply=''
  fi
  exec 5>&-
  case ${reply:0:2} in
    00) ;;
    ff)
      # code 2, marker 1, SQL state 5
      echo "$(text_of "${reply:18}") (error $((16#${reply:4:2}${reply:2:2})))"
      status=1
      ;;
    *)
      echo "an unexpected reply from $host:$port"
      status=1
      ;;
  esac
  return $status
}
