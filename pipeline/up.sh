#!/usr/bin/env bash
# Deploys a stack: bash pipeline/up.sh
# Changes what `pulumi up` changes; a second run changes nothing. What it is about to do stands in the
# log and the step's summary before. Reads nothing from standard input.
# Environment: STACK; what the Pulumi CLI needs to open the stack.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=pipeline/needs.sh
. pipeline/needs.sh
needs "STACK=the stack to deploy"

bash pipeline/preview.sh
pulumi up --yes --skip-preview --non-interactive --stack "$STACK" || {
  echo "$STACK: the deployment failed, and the line stops here. Every line above begins with its node's name;" \
    "correct the cause and run this job again, or revert the change (docs/pipeline.md)" >&2
  exit 1
}
