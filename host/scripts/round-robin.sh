#!/usr/bin/env bash
# Functions that keep this node's A record under the common name. With the manual provider they only
# say what is wanted. The TSIG key comes from SECRET[tsig] and goes to nsupdate by a file that only
# root can read and that is gone afterwards.

# record_addresses: the addresses that the server answers now.
record_addresses() {
  dig +short +time=3 +tries=2 "@$DNS_SERVER" -p "$DNS_PORT" "$DOMAIN" A | sort
}

has_record() { record_addresses | grep -qxF "$ADDRESS"; }

# update_record add|delete
update_record() {
  local key change status=0
  key=$(mktemp /run/harbor-ha.XXXXXX)
  printf 'key "%s" { algorithm %s; secret "%s"; };\n' \
    "$TSIG_NAME" "$TSIG_ALGORITHM" "${SECRET[tsig]}" >"$key"
  if [[ $1 == add ]]; then
    change="update add $DOMAIN. $DNS_TTL A $ADDRESS"
  else
    change="update delete $DOMAIN. A $ADDRESS"
  fi
  nsupdate -k "$key" -t 10 >&2 <<<"server $DNS_SERVER $DNS_PORT
zone $DNS_ZONE.
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
}

# withdraw_record [keep-last]: clients keep an answer for the record's time to live; only after that
# may the node go away. With keep-last the name is not emptied: a node that is about to be back is
# better than none.
withdraw_record() {
  local others
  if [[ $DNS_PROVIDER == manual ]]; then
    say "record to take away: $DOMAIN. $DNS_TTL IN A $ADDRESS"
    return
  fi
  has_record || return 0
  others=$(record_addresses | grep -vxF "$ADDRESS" || true)
  [[ -n $others || ${1:-} != keep-last ]] || return 0
  update_record delete || fail "$DNS_SERVER refuses to withdraw the record (dns.zone, dns.tsig)"
  say "record $DOMAIN A $ADDRESS is withdrawn"
  [[ -z $others ]] || sleep $((DNS_TTL + 1))
}
