#!/usr/bin/env bash
# Runs harbor.sh within a step. Changes nothing else; defines a function only.

# harbor VERB…: what it says is shown where it fails, and taken even where nobody listens.
harbor() {
  local output
  output=$("$INSTALL_DIR/bin/harbor.sh" "$@" 2>&1 9>&-) && return
  printf '%s\n' "$output" | tail -n 20 | redact | sed "s/^/$NODE:   /" >&2 || true
  fail "harbor.sh $1 failed, its last lines are above; correct that and run again"
}
