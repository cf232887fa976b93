#!/usr/bin/env bash
# Checks every workflow with actionlint, and that actionlint finds what is wrong with a wrong one.
# Takes the actionlint on PATH, or builds the pinned one from its Go module (Go 1.25 or later). Changes
# nothing but Go's own caches; reads nothing from standard input.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v actionlint >/dev/null; then
  lint() { actionlint "$@"; }
elif command -v go >/dev/null; then
  # `go tool` knows the tools of the module that it is started in.
  linter=$(cd pipeline/actionlint && go tool -n actionlint)
  lint() { "$linter" "$@"; }
else
  echo "workflow-check: neither actionlint nor Go is on PATH; install one of them (Go 1.25 or later builds the pinned actionlint)" >&2
  exit 1
fi

wrong=tests/unit/fixtures/workflows/wrong.yml
if found=$(lint -no-color "$wrong" 2>&1); then
  echo "workflow-check: actionlint finds nothing wrong with $wrong" >&2
  exit 1
fi
for words in 'potentially untrusted' 'undefined variable "nothing"' 'job "nobody"'; do
  [[ $found == *"$words"* ]] || {
    echo "workflow-check: actionlint does not say «$words» of $wrong, but:" >&2
    echo "$found" >&2
    exit 1
  }
done
lint .github/workflows/*.yml
echo "workflow-check: $(find .github/workflows -name '*.yml' | wc -l) workflows passed, and a wrong one did not"
