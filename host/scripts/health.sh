#!/usr/bin/env bash
# One look of a node at itself and at its peers, which a timer takes every two seconds (health_tick).
# Changes A records of the common name, this node's lease in Redis, and /run/harbor-ha-health.
# Reads from standard input: tsig, redis_password, release (what `current` is when a start has been
# completed), and certificate_pin for HTTPS. Says only what has changed.
#
# A node's own record goes when it fails twice in a row while a peer that has a record serves, and comes
# back when it has passed three times in a row. Without a peer that serves, the cause is a common one
# (the database, Ceph), and an emptier name would help nobody.
#
# A dead node can't withdraw its record. Each node therefore keeps a lease in Redis, and writes into it
# which peers it does not reach. A peer's record is withdrawn by a node that holds a lease and serves,
# when the peer has no lease, this node does not reach it now, and neither does the majority of all that
# hold a lease. Why that neither flaps nor empties the name:
#   - A node that does not reach Redis has no lease, hence neither a vote nor the right to withdraw a
#     peer's record or to publish its own: of two halves of a network, only the one with Redis acts.
#   - Whoever has lost a record to the others gets it back only with a lease of its own, and with a
#     lease nobody withdraws it: what withdraws and what publishes exclude each other.
#   - While Redis is away or has just come back, nobody has a lease, but all are reached: nothing goes.
#   - The DNS server itself refuses to take the last record, whoever asks (remove_record).
# With two of three nodes dead, the one that is left is the majority of those with a lease.

readonly HEALTH_STATE=/run/harbor-ha-health LEASE_SECONDS=6 FAILURES=2 PASSES=3 LOOK_SECONDS=2
# A look from so long ago is not the one before: the host stood still meanwhile.
readonly ROW_SECONDS=15

# note TOPIC [TEXT]: says what is the matter when that has changed, and without a text that it is over.
note() {
  local file=$HEALTH_STATE/$1.note text=${2:-} said=''
  text=${text//$'\n'/; }
  [[ ! -e $file ]] || IFS= read -r said <"$file" || true
  [[ $text != "$said" ]] || return 0
  if [[ -n $text ]]; then
    printf '%s\n' "$text" >"$file"
    say "$text"
  else
    rm -f "$file"
    say "$1: in order again"
  fi
}

# A step that runs on this node manages its record itself. Only held for a moment, since a step waits
# for it, and without a word in the file, which is for steps.
hold_lock() {
  exec 9>>/run/lock/harbor-ha.lock
  flock -n 9 || {
    release_lock
    return 1
  }
}
release_lock() { exec 9>&-; }

# What stands on the mount for this node. Whoever asks a dead CephFS may wait for ever, and is to hold
# nothing then that others wait for.
look_at_mark() {
  local owner=''
  exec 2>/dev/null
  mountpoint -q "$MOUNT_POINT" || {
    echo unmounted
    return
  }
  if [[ -d $MOUNT_POINT/.harbor-ha/nodes && ! -e $MOUNT_POINT/.harbor-ha/nodes/$NODE ]]; then
    echo none
  else
    read -r owner <"$MOUNT_POINT/.harbor-ha/nodes/$NODE" || true
    echo "owner $owner"
  fi
}

# Of a check: this node has been taken out of the cluster, which other nodes did while it was away.
readonly EXPELLED=6

# A look that hangs holds its lock, even as a process that can't be killed, and no other is begun.
check_mark() {
  local answer=''
  exec 8>>"$HEALTH_STATE/look"
  if flock -n 8; then read -r -t "$LOOK_SECONDS" answer < <(look_at_mark) || true; fi
  exec 8>&-
  case $answer in
    "owner $CLUSTER") ;;
    none)
      echo "mount: this node's mark is gone, so it was taken out of the cluster"
      return $EXPELLED
      ;;
    unmounted)
      echo "mount: $MOUNT_POINT is not mounted"
      return 1
      ;;
    owner*)
      echo "mount: this node's mark on $MOUNT_POINT is another cluster's or can't be read"
      return 1
      ;;
    *)
      echo "mount: $MOUNT_POINT does not answer"
      return 1
      ;;
  esac
}

# The gate without the containers, which docker would have to be asked for, and without the peers:
# whether this node serves doesn't depend on them.
check_health() { check_mark && check_search && PEERS='' check_tokens; }

# look_at_itself: HEALTH is ok, failing, expelled or changing (a step runs here), and HEALTH_TIMES how
# often in a row it was ok or was not.
look_at_itself() {
  local status=0 last='' at=0 now reason='' file=$HEALTH_STATE/health
  HEALTH_TIMES=0
  if ! hold_lock; then
    HEALTH=changing
    rm -f "$file"
    return
  fi
  release_lock
  reason=$(check_health) || status=$?
  case $status in
    0) HEALTH=ok ;;
    "$EXPELLED") HEALTH=expelled ;;
    *) HEALTH=failing ;;
  esac
  [[ ! -e $file ]] || read -r last HEALTH_TIMES at <"$file" || true
  printf -v now '%(%s)T' -1
  if [[ $last == "$HEALTH" && $((now - at)) -le $ROW_SECONDS ]]; then
    HEALTH_TIMES=$((HEALTH_TIMES + 1))
  else
    HEALTH_TIMES=1
  fi
  echo "$HEALTH $HEALTH_TIMES $now" >"$file"
  if [[ $HEALTH_TIMES -ge $FAILURES ]]; then note health "${reason:+health: $reason}"; fi
}

# silent_peers: those without a lease that don't answer. All are asked at the same time.
silent_peers() {
  local peer
  for peer in $PEERS; do
    [[ -n ${LEASE[${peer%%=*}]} ]] && continue
    { fetch "${peer#*=}" / -o /dev/null 2>/dev/null || echo "${peer%%=*}"; } &
  done
  wait
}

read_leases() {
  local peer keys=() at=0
  for peer in $PEERS; do keys+=("$LEASES:${peer%%=*}"); done
  # A cluster of one has nobody to ask for.
  [[ ${#keys[@]} -gt 0 ]] || return 0
  redis_send MGET "${keys[@]}" && redis_reply && [[ ${#REDIS_REPLY[@]} -eq ${#keys[@]} ]] || return 1
  for peer in $PEERS; do
    LEASE[${peer%%=*}]=${REDIS_REPLY[at]}
    at=$((at + 1))
  done
}

# The peers' leases are read before and, where there is something to decide, after this node has voted:
# of two that look at the same moment, the second knows both votes.
exchange_leases() {
  REDIS_PROBLEM="$REDIS_HOST:$REDIS_PORT stopped answering"
  redis_send SELECT "$REDIS_DATABASE" && redis_reply && read_leases || return 1
  SILENT=$(silent_peers | paste -sd ' ')
  redis_send SET "$LEASES:$NODE" "$HEALTH $SILENT" EX "$LEASE_SECONDS" && redis_reply || return 1
  [[ -z $SILENT ]] || read_leases
}

# take_lease: HAS_LEASE, LEASE[PEER] with what each peer wrote, and SILENT.
take_lease() {
  local peer refused
  declare -gA LEASE=()
  HAS_LEASE=false
  SILENT=''
  for peer in $PEERS; do LEASE[${peer%%=*}]=''; done
  if redis_open "$REDIS_HOST" "$REDIS_PORT"; then
    if exchange_leases; then
      HAS_LEASE=true
    else
      refused=${REDIS_REPLY[*]}
      REDIS_PROBLEM=${refused:-$REDIS_PROBLEM}
    fi
    redis_close
  fi
  if [[ $HAS_LEASE == true ]]; then
    note redis
  else
    note redis "redis: no lease, so no record is published and no peer's withdrawn until there is one: $REDIS_PROBLEM"
  fi
}

# peer_serves OTHER…: whether a peer that has a record serves: its lease says so, which can't be known
# without Redis, and it finds something in the database now.
peer_serves() {
  local peer name status
  for peer in $PEERS; do
    name=${peer%%=*}
    [[ " $* " == *" ${peer#*=} "* ]] || continue
    [[ $HAS_LEASE == false || ${LEASE[$name]} == ok* ]] || continue
    status=$(fetch "${peer#*=}" '/api/search?q=harbor' -o /dev/null -w '%{http_code}' 2>/dev/null) || true
    [[ $status != 200 ]] || return 0
  done
  return 1
}

# take_out TOPIC ADDRESS WHOSE CONDITION: says what became of it, as far as that is news.
take_out() {
  local topic=$1 problem='' status=0
  remove_record "$2" "$4" || status=$?
  case $status in
    0) say "record $DOMAIN A $2 ($3) is withdrawn" ;;
    "$UNCHANGED") problem="dns: the record $DOMAIN A $2 ($3) can't be withdrawn: $UPDATE_PROBLEM" ;;
  esac
  note "$topic" "$problem"
}

put_back() {
  local published
  if ! published=$(record_addresses); then
    note dns "dns: $DNS_SERVER does not answer"
  elif [[ " ${published//$'\n'/ } " == *" $ADDRESS "* ]]; then
    note dns
  elif [[ $(readlink "$INSTALL_DIR/current") != "${SECRET[release]}" ]]; then
    # What runs now hasn't passed the whole gate, which compares keypairs with the peers'.
    note start "start: a change of this node was not completed, so its record stays away until a deployment is"
  elif add_record; then
    note dns
    note start
    say "record $DOMAIN A $ADDRESS is published again"
  else
    note dns "dns: the record $DOMAIN A $ADDRESS can't be published: $UPDATE_PROBLEM"
  fi
}

tend_own_record() {
  case $HEALTH in
    ok) [[ $HEALTH_TIMES -ge $PASSES && $HAS_LEASE == true ]] || return 0 ;;
    failing | expelled) [[ $HEALTH_TIMES -ge $FAILURES ]] || return 0 ;;
    changing) return 0 ;;
  esac
  hold_lock || return 0
  case $HEALTH in
    ok) put_back ;;
    failing) take_out dns "$ADDRESS" "this node, which fails" peer_serves ;;
    expelled) take_out dns "$ADDRESS" "this node, which is out of the cluster" true ;;
  esac
  release_lock
}

# majority_misses PEER: among those that hold a lease, this node included.
majority_misses() {
  local name holders=1 votes=1
  for name in "${!LEASE[@]}"; do
    [[ -n ${LEASE[$name]} ]] || continue
    holders=$((holders + 1))
    [[ " ${LEASE[$name]#* } " != *" $1 "* ]] || votes=$((votes + 1))
  done
  [[ $((votes * 2)) -gt $holders ]]
}

tend_dead_peers() {
  local peer name
  [[ $HEALTH == ok && $HAS_LEASE == true ]] || return 0
  for peer in $PEERS; do
    name=${peer%%=*}
    if [[ " $SILENT " == *" $name "* && -z ${LEASE[$name]} ]] && majority_misses "$name"; then
      take_out "dns-$name" "${peer#*=}" "$name, which is dead" true
    else
      note "dns-$name"
    fi
  done
}

# shellcheck disable=SC2034,SC2317 # the other parts use them
health_tick() {
  # One answer that takes long is none; gate.sh's own limit is for a node that starts.
  curl() { command curl "$@" --connect-timeout 1 -m "$LOOK_SECONDS"; }
  DNS_TIMEOUT=1
  REDIS_TIMEOUT=1
  [[ -d $HEALTH_STATE ]] || mkdir -m 0700 "$HEALTH_STATE"
  read_input
  look_at_itself
  take_lease
  tend_own_record
  tend_dead_peers
}
