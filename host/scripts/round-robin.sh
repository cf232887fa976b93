#!/usr/bin/env bash
# Functions that keep this node's A record under the common name. With the manual provider they only
# say what is wanted. The TSIG key comes from SECRET[tsig] and goes to nsupdate by a file that only
# root can read and that is gone afterwards.

# record_addresses: the addresses that the server answers now; fails when it does not answer. Among them
# dig prints what it met on the way, as comments.
record_addresses() {
  dig +short +time=3 +tries=2 "@$DNS_SERVER" -p "$DNS_PORT" "$DOMAIN" A | sed '/^;/d' | sort
}

has_record() { record_addresses | grep -qxF "$ADDRESS"; }

# update_record add|delete: on the server and in the zone of now, or, for a record published
# earlier, those given after it (server, port, zone, name, address).
update_record() {
  local action=$1 server=${2:-$DNS_SERVER} port=${3:-$DNS_PORT} zone=${4:-$DNS_ZONE}
  local name=${5:-$DOMAIN} target=${6:-$ADDRESS} key change status=0
  # Always the same name: one that a killed run left is taken away by the next.
  key=/run/harbor-ha.tsig
  rm -f "$key"
  printf 'key "%s" { algorithm %s; secret "%s"; };\n' \
    "$TSIG_NAME" "$TSIG_ALGORITHM" "${SECRET[tsig]}" >"$key"
  if [[ $action == add ]]; then
    change="update add $name. $DNS_TTL A $target"
  else
    change="update delete $name. A $target"
  fi
  nsupdate -k "$key" -t 10 >&2 <<<"server $server $port
zone $zone.
$change
send" || status=$?
  rm -f "$key"
  return $status
}

publish_record() {
  if [[ $DNS_PROVIDER == manual ]]; then
    say "record wanted: $DOMAIN. $DNS_TTL IN A $ADDRESS"
    return
  fi
  update_record add || fail "$DNS_SERVER refuses the record (dns.zone, dns.tsig)"
  has_record || fail "$DNS_SERVER took the record for $DOMAIN but does not answer with it"
  say "record $DOMAIN A $ADDRESS is published"
  forget_earlier_record
}

# A node whose address, name or server was changed must not leave its old record behind.
forget_earlier_record() {
  local file=$INSTALL_DIR/record earlier now="$DNS_SERVER $DNS_PORT $DNS_ZONE $DOMAIN $ADDRESS"
  earlier=$(cat "$file" 2>/dev/null || true)
  if [[ -n $earlier && $earlier != "$now" ]]; then
    # shellcheck disable=SC2086 # five words
    if update_record delete $earlier; then
      say "the earlier record is withdrawn: $earlier"
    else
      say "the earlier record could not be withdrawn, take it away by hand: $earlier"
    fi
  fi
  printf '%s\n' "$now" >"$file"
}

# withdraw_record [keep-last]: clients keep an answer for the record's time to live; only after that
# may the node go away. With keep-last the name is not emptied: a node that is about to be back is
# better than none.
withdraw_record() {
  local published others
  if [[ $DNS_PROVIDER == manual ]]; then
    say "record to take away: $DOMAIN. $DNS_TTL IN A $ADDRESS"
    return
  fi
  published=$(record_addresses) ||
    fail "$DNS_SERVER does not say whether it has this node's record, so the node stays as it is (dns.server, dns.port)"
  grep -qxF "$ADDRESS" <<<"$published" || return 0
  others=$(grep -vxF "$ADDRESS" <<<"$published" || true)
  [[ -n $others || ${1:-} != keep-last ]] || return 0
  update_record delete || fail "$DNS_SERVER refuses to withdraw the record (dns.zone, dns.tsig)"
  say "record $DOMAIN A $ADDRESS is withdrawn"
  [[ -z $others ]] || sleep $((DNS_TTL + 1))
}
