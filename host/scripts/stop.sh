#!/usr/bin/env bash
# Takes the node out of service: its record and its health timer first, then the proxy, which finishes
# what clients have begun, then the rest, then the service. The timer stays until the record is gone:
# without it a node that has to stay as it is would be left alone, and it publishes nothing meanwhile, as
# the lock is held.
# Reads from standard input: tsig. What is gone already is passed over; data and images stay. A node of
# another stack is left as it is.

read_input
take_lock
pass_over_foreign_host
withdraw_record
remove_health_timer
if [[ -x $INSTALL_DIR/bin/harbor.sh ]]; then
  say "stopping the proxy: what clients have begun gets up to $DRAIN_TIMEOUT s (rollout.drainTimeout)"
  meanwhile "the proxy finishes what clients have begun" "$DRAIN_TIMEOUT" \
    "$INSTALL_DIR/bin/harbor.sh" drain "$DRAIN_TIMEOUT" 9>&- || true
fi
if [[ -e /etc/systemd/system/harbor.service ]]; then
  say "stopping Harbor, which takes about 15 s"
  meanwhile "stopping Harbor" "" systemctl disable -q --now harbor.service 9>&- || true
fi
if [[ -x $INSTALL_DIR/bin/harbor.sh && -e $INSTALL_DIR/current ]]; then
  meanwhile "taking Harbor's containers away" "" harbor down
fi
rm -f /etc/systemd/system/{,.harbor-ha.}harbor.service "$INSTALL_DIR"/bin/{,.harbor-ha.}harbor.sh \
  "$INSTALL_DIR/current" "$INSTALL_DIR/record"
rmdir "$INSTALL_DIR/bin" 2>/dev/null || true
systemctl daemon-reload
say "Harbor is stopped; its data stays on the mount"
