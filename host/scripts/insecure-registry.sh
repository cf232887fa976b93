#!/usr/bin/env bash
# A registry in insecure-registries of docker's daemon.json: put there, and taken away again. Changes
# daemon.json and STATE_DIR/insecure (what was added to which bytes), and has docker read the file again.
# An entry that somebody else made is left as it is.

readonly INSECURE=$STATE_DIR/insecure
# Configuration management may have put a link there, whose target is then the file.
DAEMON_JSON=$(readlink -m "$DOCKER_DIR/daemon.json")
readonly DAEMON_JSON

daemon_text() { if [[ -e $DAEMON_JSON ]]; then cat "$DAEMON_JSON"; fi; }

check_daemon_json() {
  local problem
  command -v perl >/dev/null || fail "perl is missing, by which $DAEMON_JSON is edited; install perl-base"
  problem=$(daemon_text | daemon_json check 2>&1) ||
    fail "$DAEMON_JSON $problem; it was left as it is: correct it, then run again"
}

# write_daemon_json FILE: puts its bytes there; the mode and the owner stay.
write_daemon_json() {
  local mode=0644 owner=
  if [[ -e $DAEMON_JSON ]]; then read -r mode owner < <(stat -c '%a %u:%g' "$DAEMON_JSON"); fi
  replace_file "$DAEMON_JSON" "$mode" <"$1" || return 0
  [[ -z $owner ]] || chown "$owner" "$DAEMON_JSON"
}

# The file that names the registry comes last and goes first: only with it are the others complete.
forget_entry() {
  [[ -d $INSECURE ]] || return 0
  rm -f "$INSECURE/registry"
  remove_made_dirs
  rm -rf "$INSECURE"
}

add_entry() {
  install -d -m 0700 "$STATE_DIR" "$INSECURE"
  make_dir "$DOCKER_DIR"
  rm -f "$INSECURE/registry" "$INSECURE"/*
  if [[ -e $DAEMON_JSON ]]; then cp "$DAEMON_JSON" "$INSECURE/before"; fi
  # shellcheck disable=SC2153 # a parameter
  daemon_text | daemon_json add "$REGISTRY" >"$INSECURE/after"
  printf '%s\n' "$REGISTRY" | replace_file "$INSECURE/registry" 0600
  write_daemon_json "$INSECURE/after"
  say "$DAEMON_JSON: $REGISTRY added to insecure-registries"
}

# plan_withdrawal REGISTRY: what daemon.json has to be in the end ("final", none: no file), and on the
# way there ("cleared"). The bytes from before, unless somebody changed the file since we did.
plan_withdrawal() {
  local registry=$1 action=remove
  if [[ -e $INSECURE/cleared ]] && cmp -s "$DAEMON_JSON" "$INSECURE/cleared"; then return 0; fi
  rm -f "$INSECURE/final" "$INSECURE/cleared"
  check_daemon_json
  if [[ -e $INSECURE/before ]] && grep -q '"insecure-registries"' "$INSECURE/before"; then
    action=clear
  fi
  if cmp -s "$DAEMON_JSON" "$INSECURE/after"; then
    if [[ -e $INSECURE/before ]]; then cp "$INSECURE/before" "$INSECURE/final"; fi
  elif [[ -e $DAEMON_JSON ]]; then
    if daemon_text | daemon_json has "$registry"; then
      daemon_text | daemon_json "$action" "$registry" >"$INSECURE/final"
    else
      cp "$DAEMON_JSON" "$INSECURE/final"
    fi
    if [[ ! -e $INSECURE/before && $(tr -d ' \t\r\n' <"$INSECURE/final") == '{}' ]]; then
      rm "$INSECURE/final"
    fi
  fi
  daemon_text | daemon_json clear "$registry" | replace_file "$INSECURE/cleared" 0600
}

write_final() {
  if [[ -e $INSECURE/final ]]; then
    write_daemon_json "$INSECURE/final"
  else
    rm -f "$DAEMON_JSON"
  fi
}

# Whether docker has to forget the registry: not when something else on this host still names it.
has_to_forget() {
  docker_answers && docker_trusts "$1" && ! dockerd_has_flag &&
    ! daemon_json has "$1" <"$INSECURE/cleared"
}

# Docker keeps its list when it reads a file without one, so it first gets one with the rest of the list.
withdraw_insecure() {
  local registry forgot=true
  if [[ ! -e $INSECURE/registry ]]; then
    forget_entry
    return
  fi
  registry=$(<"$INSECURE/registry")
  plan_withdrawal "$registry"
  if has_to_forget "$registry"; then
    write_daemon_json "$INSECURE/cleared"
    reload_until docker_distrusts "$registry" || forgot=false
  fi
  write_final
  [[ $forgot == true ]] ||
    fail "$DAEMON_JSON no longer names $registry, but docker did not read it again: see journalctl -u docker, then run again"
  forget_entry
  say "$DAEMON_JSON: $registry taken out of insecure-registries"
}

trust_insecurely() {
  local known
  check_daemon_json
  known=$(cat "$INSECURE/registry" 2>/dev/null) || true
  if [[ $known != "$REGISTRY" || -e $INSECURE/cleared ]]; then withdraw_insecure; fi
  if daemon_text | daemon_json has "$REGISTRY"; then
    say "$DAEMON_JSON has $REGISTRY in insecure-registries"
  elif ! dockerd_has_flag; then
    add_entry
  elif docker_trusts "$REGISTRY"; then
    say "dockerd is started with --insecure-registry, and trusts $REGISTRY: nothing is changed"
    return 0
  else
    fail "dockerd is started with --insecure-registry, so $DAEMON_JSON cannot have such a list as well; add $REGISTRY where the flag stands (systemctl cat docker), or move the flag's registries to $DAEMON_JSON"
  fi
  docker_trusts "$REGISTRY" || reload_until docker_trusts "$REGISTRY" || {
    journalctl -u docker -n 50 --no-pager -o cat 2>/dev/null | grep level=error | tail -n 3 >&2 || true
    if [[ -e $INSECURE/registry ]]; then
      plan_withdrawal "$REGISTRY"
      write_final
      forget_entry
      leave_no_empty_state
    fi
    fail "docker does not take $REGISTRY from $DAEMON_JSON, and nothing of ours is left there; look at the lines above, and whether dockerd reads another file (--config-file)"
  }
  say "docker takes $REGISTRY without TLS"
}
