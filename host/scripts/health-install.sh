#!/usr/bin/env bash
# Functions that install the node's health timer: the program, made of parts that this step itself
# consists of, what it reads (0600), and its units. A node that has them is left as it is.

# The parts and the parameters that the program consists of.
readonly HEALTH_PARTS="prelude redis-session round-robin gate health"
readonly HEALTH_PARAMETERS="NODE ADDRESS CLUSTER PEERS DOMAIN PORT PROTOCOL MOUNT_POINT INSTALL_DIR
  DNS_SERVER DNS_PORT DNS_ZONE DNS_TTL TSIG_NAME TSIG_ALGORITHM
  REDIS_HOST REDIS_PORT REDIS_DATABASE LEASES"

# shellcheck disable=SC2154 # part: the step's parts by their names, as it got them (host/command.ts)
health_program() {
  local name
  printf '#!/bin/bash\n'
  for name in $HEALTH_PARAMETERS; do printf '%s=%q\n' "$name" "${!name}"; done
  for name in $HEALTH_PARTS; do printf '%s' "${part[$name]%.}"; done
  printf 'health_tick\n'
}

# health_input: what the program reads, as read_input takes it.
health_input() {
  local name value
  for name in tsig redis_password certificate_pin release; do
    value=${SECRET[$name]-}
    [[ $name != release ]] || value=$(readlink "$INSTALL_DIR/current")
    printf 'secret %s %d\n%s\n' "$name" "$(printf '%s' "$value" | wc -c)" "$value"
  done
}

# systemd tells of each run of a service as of an ordinary one, and so it does of a process that is left
# from the run before, which a look at a mount that hangs is. Errors alone are let through, and what the
# program says counts as one: it speaks only when something is the matter, or no longer. systemd's limit of
# starts, five in ten seconds, is just what the timer asks for.
health_service() {
  cat <<UNIT
[Unit]
Description=One look after this node's health and its record ($DOMAIN)
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=$INSTALL_DIR/bin/health.sh
StandardInput=file:$HEALTH_INPUT
SyslogIdentifier=harbor-ha-health
SyslogLevel=err
LogLevelMax=err
KillMode=process
SuccessExitStatus=SIGTERM
TimeoutStartSec=30
UNIT
}

health_timer() {
  cat <<UNIT
[Unit]
Description=Looks after this node's health and its record ($DOMAIN)

[Timer]
OnActiveSec=2
OnUnitActiveSec=2
AccuracySec=100ms

[Install]
WantedBy=timers.target
UNIT
}

# The program is read anew at each run, so only changed units are a reason to restart anything.
install_health_timer() {
  local changed=false
  if [[ $HEALTH_CHECKS != true ]]; then
    remove_health_timer
    return
  fi
  make_dirs 0700 "$(dirname "$HEALTH_INPUT")"
  replace_file "$HEALTH_INPUT" 0600 < <(health_input) || true
  replace_file "$INSTALL_DIR/bin/health.sh" 0700 < <(health_program) || true
  ! replace_file "$HEALTH_UNIT.service" 0644 < <(health_service) || changed=true
  ! replace_file "$HEALTH_UNIT.timer" 0644 < <(health_timer) || changed=true
  if [[ $changed == true ]]; then
    systemctl daemon-reload
    systemctl restart harbor-ha-health.timer 9>&-
    say "the node looks after its record by itself"
  fi
  systemctl enable -q --now harbor-ha-health.timer 9>&-
}
