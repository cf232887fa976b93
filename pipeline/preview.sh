#!/usr/bin/env bash
# Previews a stack: bash pipeline/preview.sh
# Contacts no host and changes nothing but the files OUT/STACK.json, what the preview says, and, on a
# workflow's runner, the step's summary. Reads nothing from standard input.
# Environment: STACK; OUT, a folder (default: out); what the Pulumi CLI needs to open the stack.
# Fails where the preview fails; the file is there all the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=pipeline/needs.sh
. pipeline/needs.sh
needs "STACK=the stack to preview"
out=${OUT:-out}

mkdir -p "$out"
status=0
pulumi preview --json --non-interactive --stack "$STACK" >"$out/$STACK.json" || status=$?
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
  # What the preview came to counts, and not whether it could be told.
  npm run --silent preview:comment -- "$STACK=$out/$STACK.json" >>"$GITHUB_STEP_SUMMARY" ||
    echo "$STACK: the summary could not be made" >&2
fi
if [[ $status -ne 0 ]]; then
  echo "$STACK: the preview failed; correct what it says above or in the comment, and push again" >&2
  exit 1
fi
echo "$STACK: previewed"
