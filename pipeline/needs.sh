# shellcheck shell=bash
# Part of the pipeline's scripts. Changes nothing and reads nothing.

# needs NAME=WHAT…: ends the script where a variable is missing or empty, and names all that are.
needs() {
  local entry name missing=()
  for entry in "$@"; do
    name=${entry%%=*}
    [[ -n ${!name:-} ]] || missing+=("  $name: ${entry#*=}")
  done
  [[ ${#missing[@]} -eq 0 ]] || {
    echo "missing in the environment:"
    printf '%s\n' "${missing[@]}"
    echo "Set them in the workflow's step (docs/pipeline.md)."
    exit 1
  } >&2
}
