#!/usr/bin/env bash
# Looks whether what runs is what was declared: bash pipeline/drift.sh
# Changes nothing on the nodes; leaves OUT/STACK.status (the status of `npm run verify`), .json (its
# report) and .log (what it said besides). Reads nothing from standard input.
# Environment: STACK; OUT, a folder (default: out); what the Pulumi CLI needs to open the stack.
# Succeeds whatever was found: pipeline/drift-issue.ts tells of it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=pipeline/needs.sh
. pipeline/needs.sh
needs "STACK=the stack to look at"
out=${OUT:-out}

mkdir -p "$out"
status=0
npm run --silent verify -- --stack "$STACK" --json >"$out/$STACK.json" 2>"$out/$STACK.log" || status=$?
echo "$status" >"$out/$STACK.status"
cat "$out/$STACK.log" >&2
echo "$STACK: verify ended with $status"
