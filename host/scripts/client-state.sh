#!/usr/bin/env bash
# What is remembered of a Docker host's set-up besides its files: the folders that were made for them.
# Changes STATE_DIR and those folders; defines functions only.

make_dir() {
  [[ ! -d $1 ]] || return 0
  printf '%s\n' "$1" >>"$STATE_DIR/made"
  install -d -m 0755 "$1"
}

# Those that somebody else uses by now are not empty, and stay.
remove_made_dirs() {
  local dir
  [[ -e $STATE_DIR/made ]] || return 0
  tac "$STATE_DIR/made" | while read -r dir; do rmdir "$dir" 2>/dev/null || true; done
  rm -f "$STATE_DIR/made"
}

# A run that was ended may have left files beside those that it was about to replace.
clear_leftovers() { rm -f "$DOCKER_DIR"/.harbor-ha.* "$DOCKER_DIR"/certs.d/*/.harbor-ha.*; }

leave_no_empty_state() { rmdir "$STATE_DIR" "$(dirname "$STATE_DIR")" 2>/dev/null || true; }
