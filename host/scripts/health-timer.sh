#!/usr/bin/env bash
# Functions that take the node's health timer away: its units, its program, what it reads and what it
# remembers.

readonly HEALTH_UNIT=/etc/systemd/system/harbor-ha-health HEALTH_INPUT=/etc/harbor-ha/health

# A look that runs is ended too: it must not publish a record that a step has withdrawn.
remove_health_timer() {
  if [[ -e $HEALTH_UNIT.timer || -e $HEALTH_UNIT.service ]]; then
    systemctl disable -q --now harbor-ha-health.timer 9>&- || true
    systemctl stop harbor-ha-health.service 9>&- || true
    rm -f "$HEALTH_UNIT".{timer,service}
    systemctl daemon-reload
    say "the node no longer looks after its record by itself"
  fi
  # Its lease runs out within seconds.
  rm -f "$INSTALL_DIR"/bin/{,.harbor-ha.}health.sh "$(dirname "$HEALTH_INPUT")"/{,.harbor-ha.}health
  rmdir "$(dirname "$HEALTH_INPUT")" 2>/dev/null || true
  rm -rf /run/harbor-ha-health
}
