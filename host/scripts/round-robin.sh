#!/usr/bin/env bash
# Functions that keep this node's A record under the common name. With the manual provider they only
# say what is wanted. The TSIG key is SECRET[tsig] and reaches nsupdate by its standard input: there is
# no file that two runs could share or a killed one leave.

# record_addresses: the addresses that the server answers now; fails when it does not answer, or with an
# error, as for a zone that it could not load: dig calls that a success, and +short an empty name.
record_addresses() {
  dig +noall +comments +answer "+time=${DNS_TIMEOUT:-3}" +tries=2 "@$DNS_SERVER" -p "$DNS_PORT" "$DOMAIN" A |
    awk '/^;; ->>HEADER<<-/ { known = / status: (NOERROR|NXDOMAIN),/ }
      !/^;/ && $4 == "A" { print $5 }
      END { exit !known }' | sort
}

has_record() { record_addresses | grep -qxF "$ADDRESS"; }

# send_update SERVER PORT ZONE LINE…: one transaction. UPDATE_PROBLEM is what nsupdate said of it.
send_update() {
  local server=$1 port=$2 zone=$3 status=0
  shift 3
  UPDATE_PROBLEM=$(nsupdate -t "$((${DNS_TIMEOUT:-3} * 3))" 2>&1 < <(
    printf '%s\n' "key $TSIG_ALGORITHM:$TSIG_NAME ${SECRET[tsig]}" \
      "server $server $port" "zone $zone." "$@" send
  )) || status=$?
  # It repeats a secret that it cannot read.
  UPDATE_PROBLEM=${UPDATE_PROBLEM//"${SECRET[tsig]}"/[tsig]}
  return $status
}

# change_record LINE…: on the server and in the zone of now.
change_record() { send_update "$DNS_SERVER" "$DNS_PORT" "$DNS_ZONE" "$@"; }

add_record() { change_record "update add $DOMAIN. $DNS_TTL A $ADDRESS"; }

# remove_record ADDRESS CONDITION…: takes an address of the name away if CONDITION, a command that gets
# the other addresses as further arguments, allows it, and never the last one.
# The server compares the name's addresses with those that were read, in the same transaction: of two
# nodes that each take one away at the same moment one is refused, reads again and decides again. So the
# name can't be emptied by two that each saw the other's record.
# Returns 0 once it is taken away, and otherwise KEPT (the last one, or CONDITION did not allow it),
# ABSENT (it was not there) or UNCHANGED (the server does not answer or refuses; see UPDATE_PROBLEM).
readonly KEPT=3 ABSENT=4 UNCHANGED=5
remove_record() {
  local target=$1 published addresses others required tries
  shift
  for ((tries = 0; tries < 5; tries++)); do
    UPDATE_PROBLEM="$DNS_SERVER does not say which records $DOMAIN has (dns.server, dns.port)"
    published=$(record_addresses) || return $UNCHANGED
    mapfile -t addresses < <(printf '%s' "${published:+$published$'\n'}")
    mapfile -t others < <(printf '%s' "${published:+$published$'\n'}" | grep -vxF "$target")
    [[ ${#others[@]} -lt ${#addresses[@]} ]] || return $ABSENT
    [[ ${#others[@]} -gt 0 ]] && "$@" "${others[@]}" || return $KEPT
    mapfile -t required < <(printf "prereq yxrrset $DOMAIN. A %s\n" "${addresses[@]}")
    ! change_record "${required[@]}" "update delete $DOMAIN. A $target" || return 0
    # The name has other addresses now; every other refusal stays one.
    [[ $UPDATE_PROBLEM == *NXRRSET* ]] || break
  done
  return $UNCHANGED
}

publish_record() {
  if [[ $DNS_PROVIDER == manual ]]; then
    say "record wanted: $DOMAIN. $DNS_TTL IN A $ADDRESS"
    mention_earlier_record
    return
  fi
  add_record || fail "$DNS_SERVER refuses the record (dns.zone, dns.tsig): $UPDATE_PROBLEM"
  has_record || fail "$DNS_SERVER took the record for $DOMAIN but does not answer with it; name the zone's primary server (dns.server, dns.zone)"
  say "record $DOMAIN A $ADDRESS is published"
  forget_earlier_record
}

# Nobody has the key any more with which a record was published before the provider became manual.
mention_earlier_record() {
  local server name target file=$INSTALL_DIR/record
  [[ -e $file ]] || return 0
  read -r server _ _ name target <"$file" || true
  say "the record that was published before is for you to keep or to take away: $name A $target, on $server"
  rm -f "$file"
}

# A node whose address, name or server was changed must not leave its old record behind.
forget_earlier_record() {
  local file=$INSTALL_DIR/record earlier server port zone name target
  local now="$DNS_SERVER $DNS_PORT $DNS_ZONE $DOMAIN $ADDRESS"
  earlier=$(cat "$file" 2>/dev/null || true)
  if [[ -n $earlier && $earlier != "$now" ]]; then
    read -r server port zone name target <<<"$earlier"
    if send_update "$server" "$port" "$zone" "update delete $name. A $target"; then
      say "the earlier record is withdrawn: $earlier"
    else
      say "the earlier record could not be withdrawn, take it away by hand: $earlier"
    fi
  fi
  printf '%s\n' "$now" >"$file"
}

# When the record was withdrawn that clients may still have; there while that is waited for.
readonly WITHDRAWN=/run/harbor-ha-withdrawn

# Clients keep an answer for the record's time to live. A run that was ended meanwhile leaves the rest of
# the wait to the next one, which finds no record; the clock may have been set back since.
wait_for_clients() {
  local at=0 now left whole=$((DNS_TTL + 1))
  [[ -e $WITHDRAWN ]] || return 0
  read -r at <"$WITHDRAWN" || true
  printf -v now '%(%s)T' -1
  left=$((at + whole - now))
  left=$((left < whole ? left : whole))
  if [[ $left -gt 0 ]]; then
    say "waiting $left s: as long as clients may have the record (dns.ttl)"
    meanwhile "clients may still have the record" "$left" sleep "$left"
  fi
  rm -f "$WITHDRAWN"
}

# withdraw_record [keep-last]: only when clients no longer have it may the node go away. With keep-last
# the name is not emptied: a node that is about to be back is better than none.
withdraw_record() {
  local status=0
  if [[ $DNS_PROVIDER == manual ]]; then
    say "record to take away: $DOMAIN. $DNS_TTL IN A $ADDRESS"
    return
  fi
  remove_record "$ADDRESS" true || status=$?
  case $status in
    0) printf '%(%s)T\n' -1 >"$WITHDRAWN" ;;
    "$ABSENT")
      wait_for_clients
      return
      ;;
    "$KEPT")
      [[ ${1:-} != keep-last ]] || return 0
      change_record "update delete $DOMAIN. A $ADDRESS" ||
        fail "$DNS_SERVER refuses to withdraw the record (dns.zone, dns.tsig): $UPDATE_PROBLEM"
      ;;
    *) fail "the record is not withdrawn, so the node stays as it is (dns.server, dns.port, dns.zone, dns.tsig): $UPDATE_PROBLEM" ;;
  esac
  say "record $DOMAIN A $ADDRESS is withdrawn"
  wait_for_clients
}
