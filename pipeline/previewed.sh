#!/usr/bin/env bash
# Ends with status 1 unless every stack that the change touches was previewed: bash pipeline/previewed.sh
# One check with one name, whichever stacks there are, for the branch's rules. Changes nothing and reads
# nothing.
# Environment: RESULTS, what GitHub says of the jobs: success, skipped, failure or cancelled, by spaces.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=pipeline/needs.sh
. pipeline/needs.sh
needs "RESULTS=the results of the jobs that preview"

for result in $RESULTS; do
  case $result in
    success | skipped) ;;
    *)
      echo "a preview came to nothing ($result); the comment and the job's log say why" >&2
      exit 1
      ;;
  esac
done
echo "every stack that this change touches was previewed"
