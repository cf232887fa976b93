#!/usr/bin/env bash
# Says why there is no preview: bash pipeline/skipped.sh
# Changes nothing but, on a workflow's runner, the step's summary. Reads nothing.
set -euo pipefail

said="No preview: this pull request comes from a fork or from Dependabot, which get no secrets of a stack.
Somebody with write access can push the same commits to a branch of this repository, after reading them:
what the program does in a preview, it does with the stack's secrets."
echo "$said"
if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then echo "$said" >>"$GITHUB_STEP_SUMMARY"; fi
