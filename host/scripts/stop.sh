#!/usr/bin/env bash
# Takes the node out of service: its health timer and its record first, then the proxy, which finishes
# what clients have begun, then the rest, then the service.
# Reads from standard input: tsig. What is gone already is passed over; data and images stay.

read_input
take_lock
remove_health_timer
withdraw_record
if [[ -x $INSTALL_DIR/bin/harbor.sh ]]; then
  "$INSTALL_DIR/bin/harbor.sh" drain "$DRAIN_TIMEOUT" 9>&- || true
fi
if [[ -e /etc/systemd/system/harbor.service ]]; then
  systemctl disable -q --now harbor.service 9>&- || true
fi
if [[ -x $INSTALL_DIR/bin/harbor.sh && -e $INSTALL_DIR/current ]]; then
  "$INSTALL_DIR/bin/harbor.sh" down 9>&- || fail "Harbor's containers cannot be removed"
fi
rm -f /etc/systemd/system/harbor.service "$INSTALL_DIR/bin/harbor.sh" "$INSTALL_DIR/current" "$INSTALL_DIR/record"
rmdir "$INSTALL_DIR/bin" 2>/dev/null || true
systemctl daemon-reload
say "Harbor is stopped; its data stays on the mount"
