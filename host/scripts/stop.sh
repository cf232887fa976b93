#!/usr/bin/env bash
# Takes the node out of service: its record first, then the proxy, then the rest, then the service.
# Reads from standard input: tsig. What is gone already is passed over; data and images stay.

read_input
take_lock
withdraw_record
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
