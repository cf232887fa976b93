#!/usr/bin/env bash
# Takes another node, which is gone for good, out of what the nodes share: its mark on the mount (LEAVING)
# and its record (ADDRESS). The mark goes first: without it a node that is only cut off from whoever runs
# this withdraws its own record and publishes none.
# Prints what became of the record. Reads from standard input: tsig. What is gone already is passed over;
# where this node is another stack's by now, nothing is done.

# The last record stays with a node that serves, and goes where this one leaves as well.
expel_record() {
  local status=0
  remove_record "$ADDRESS" true || status=$?
  if [[ $status -eq $KEPT ]]; then
    [[ ! -e $INSTALL_DIR/current ]] ||
      fail "the record of $LEAVING is the last one of $DOMAIN and stays until another node has one: bring a node back into service, then run again"
    status=0
    change_record "update delete $DOMAIN. A $ADDRESS" || status=$UNCHANGED
  fi
  [[ $status -eq 0 || $status -eq $ABSENT ]] ||
    fail "the record $DOMAIN A $ADDRESS cannot be withdrawn (dns.server, dns.port, dns.zone, dns.tsig): $UPDATE_PROBLEM"
}

read_input
take_lock
owner=$(foreign_owner)
if [[ -n $owner ]]; then
  echo "its record was left alone, as the node that was asked is one of $(owner_in_words "$owner") by now"
  exit
fi
if mountpoint -q "$MOUNT_POINT"; then
  rm -f "$MOUNT_POINT/.harbor-ha/nodes"/{,.harbor-ha.}"$LEAVING" "$MOUNT_POINT/.harbor-ha/probe-$LEAVING"
else
  say "$MOUNT_POINT is not mounted any more: the mark of $LEAVING stays on the file system, in .harbor-ha/nodes"
fi
if [[ $DNS_PROVIDER == manual ]]; then
  echo "its record is for you to take away: $DOMAIN A $ADDRESS"
else
  expel_record
  echo "its record is withdrawn"
fi
