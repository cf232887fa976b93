#!/usr/bin/env bash
# Makes one comment of the previews of all stacks and posts it to the pull request, or edits the one
# that is there: bash pipeline/comment.sh
# Changes the file OUT/comment.md and the pull request. Reads nothing from standard input.
# Environment: STACKS, a JSON list of their names; OUT, the folder with STACK.json of each (default:
# out); REVISION, the commit; GITHUB_TOKEN, GITHUB_REPOSITORY and PULL_REQUEST.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=pipeline/needs.sh
. pipeline/needs.sh
needs "STACKS=a JSON list of the stacks that the change touches" \
  "REVISION=the commit that was previewed" \
  "GITHUB_TOKEN=the job's token" "GITHUB_REPOSITORY=owner/name; GitHub sets it" \
  "PULL_REQUEST=the pull request's number"
out=${OUT:-out}

mkdir -p "$out"
# shellcheck disable=SC2016 # JavaScript's own
names=$(node -p 'JSON.parse(process.env.STACKS).join("\n")') || {
  echo "STACKS is $STACKS; it must be a JSON list of stacks, as pipeline/stacks.ts says it" >&2
  exit 1
}
previews=()
for stack in $names; do previews+=("$stack=$out/$stack.json"); done
npm run --silent preview:comment -- "${previews[@]}" --revision "${REVISION:0:10}" >"$out/comment.md"
COMMENT_FILE=$out/comment.md node --require ./loader.js pipeline/preview-comment.ts
