#!/usr/bin/env bash
# Checks every shell file of the project with shellcheck and shfmt, and every step's script as the
# hosts get it: only there does a function or a variable show that no part defines.
# Changes nothing; reads nothing from standard input.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for tool in shellcheck shfmt; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [[ ${#missing[@]} -gt 0 ]]; then
  echo "shell-check: ${missing[*]} missing; install with: apt-get install ${missing[*]}" >&2
  exit 1
fi

# Files that end in .sh, and those without an ending whose first line names a shell.
shell_files() {
  local file
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [[ -f $file ]] || continue
    case ${file##*/} in
      *.sh) printf '%s\0' "$file" ;;
      *.*) ;;
      *)
        if LC_ALL=C grep -aqE '^#!.*[/ ](ba|da)?sh( |$)' <(head -n 1 "$file"); then
          printf '%s\0' "$file"
        fi
        ;;
    esac
  done
}

mapfile -d '' -t files < <(shell_files)
status=0
shellcheck -x "${files[@]}" || status=1
shfmt -i 2 -ci -d "${files[@]}" || status=1

assembled=$(mktemp -d)
trap 'rm -rf "$assembled"' EXIT
# shellcheck disable=SC2016 # the program's own quotes
node --require ./loader.js -e '
  const { writeFileSync } = require("node:fs");
  const { STEPS, scriptOf } = require("./host/script.ts");
  for (const step of STEPS) writeFileSync(`${process.argv[1]}/${step}.sh`, scriptOf(step));
' "$assembled"
# A part serves several steps, and one of them need not use all of it (2034, 2119, 2120); each part
# brings its first line along (1128). Matters of style were said of the parts.
shellcheck -S warning -e SC1128,SC2034,SC2119,SC2120 "$assembled"/*.sh || status=1

echo "shell-check: ${#files[@]} files and $(find "$assembled" -name '*.sh' | wc -l) steps: $([[ $status -eq 0 ]] && echo passed || echo failed)"
exit "$status"
