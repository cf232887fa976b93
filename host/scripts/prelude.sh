#!/usr/bin/env bash
# Stands before every script: strict mode, messages, the lock and the reading of standard input.
# Changes nothing on the host but /run/lock/harbor-ha.lock. Reads from standard input headers, each
# followed by as many bytes as it says and a line end:
#   secret NAME SIZE          a value for SECRET[NAME]
#   file MODE PATH SIZE       a file, for FILES and CONTENT[PATH]
# A line `end of input` stands where more follows that the step reads by itself; otherwise the input ends.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
umask 077

declare -A SECRET=() CONTENT=()
FILES=()

# Every line for people begins with the node's name, also what programs say by themselves. The health
# timer's program, which is no step, has the journal for that. sudo may hang up on what is left when the
# script ends, and the last lines are still on their way then.
if [[ -n ${STEP:-} ]]; then
  exec 2> >(trap '' HUP && exec sed -u "/^$NODE: /!s/^/$NODE:   /" >&2)
fi

# That nobody listens any more ends nothing by itself.
say() { printf '%s: %s\n' "$NODE" "$*" >&2 || true; }
fail() {
  say "$*"
  exit 1
}

# meanwhile WHAT LIMIT COMMAND…: runs it, and says every 10 s that it is still under way, of how many
# seconds at most where there is a LIMIT. What tells so ends with this shell, whatever ends it: it reads
# from a pipe whose other end is descriptor 7, which nobody else holds. As in a condition, a failure
# within a function ends nothing by itself.
meanwhile() {
  local ended=0
  exec 7> >(tell_time "$1" "${2:+of $2 s}")
  "${@:3}" 7>&- || ended=$?
  exec 7>&-
  return "$ended"
}

tell_time() {
  local status began=$SECONDS
  exec 8>&- 9>&-
  while status=0 && { read -r -t "${SIGN_OF_LIFE:-10}" _ || status=$?; } && [[ $status -gt 128 ]]; do
    say "$1 ($((SECONDS - began)) s ${2:-so far})"
  done
}

# A connection that is lost ends the input as if it were whole.
input_is_cut() { fail "standard input was cut off, so nothing was done; run again"; }

# take SIZE: so many bytes of standard input, line ends at their end included, into TAKEN.
take() {
  TAKEN=$(head -c "$1" && echo .)
  TAKEN=${TAKEN%.}
  [[ $(printf '%s' "$TAKEN" | wc -c) -eq $1 ]] || input_is_cut
  read -r _ || true
}

read_input() {
  local kind one two three
  while read -r kind one two three; do
    case $kind in
      secret)
        take "$two"
        SECRET[$one]=$TAKEN
        ;;
      file)
        take "$three"
        FILES+=("$one $two")
        CONTENT[$two]=$TAKEN
        ;;
      end) return ;;
      *) fail "standard input has a line of an unknown kind: the scripts are of another version than the program; take both from one, then run again" ;;
    esac
  done
  # Of a header without its line end.
  [[ -z $kind ]] || input_is_cut
}

# One run at a time on a host. The lock ends with the process, whatever ends it; a daemon started
# from here must not inherit descriptor 9. RUN_FROM says from where and as whom the run logged in.
# A run whose connection was lost goes on until it has something to say, so the next one has to wait for
# it; the health timer holds the lock for a moment, without a word in the file.
take_lock() {
  local lock=/run/lock/harbor-ha.lock
  exec 9>>"$lock"
  if ! flock -w 3 9; then
    say "waiting for the lock, held by: $(tail -n 1 "$lock")"
    meanwhile "waiting for the lock" "${LOCK_TIMEOUT:-600}" flock -w "${LOCK_TIMEOUT:-600}" 9 ||
      fail "another run holds $lock: $(tail -n 1 "$lock"). Let it end, then run again; where nobody runs one, lslocks shows the process to look at"
  fi
  printf '%s, process %s, since %s%s\n' \
    "$STEP" "$$" "$(date -u +%FT%TZ)" "${RUN_FROM:+, from $RUN_FROM}" >"$lock"
}

# Takes every known secret out of a text, for log lines that are shown. The longest goes first: what
# another one begins with would leave that one's rest.
redact() {
  local text name
  text=$(cat)
  while read -r _ name; do
    text=${text//"${SECRET[$name]}"/"[$name]"}
  done < <(for name in "${!SECRET[@]}"; do echo "${#SECRET[$name]} $name"; done |
    sort -rn | awk '$1 >= 4')
  printf '%s\n' "$text"
}

# Replaces a file in one step, and only when its content differs; says whether it did by its status.
# Synchronised first: after a power failure there must be the old content or the new.
# A failure ends the script by itself: bash looks at no status in here where the caller asks for one.
# It can only do so where the content comes by a redirection, as a pipe makes a shell of its own.
# The name beside it is always the same, so that the next run takes away what a killed one left.
replace_file() {
  local path=$1 mode=$2 temporary
  temporary=$(dirname "$path")/.harbor-ha.$(basename "$path")
  rm -f "$temporary"
  if ! { cat >"$temporary" && chmod "$mode" "$temporary"; }; then
    rm -f "$temporary"
    fail "$path cannot be written, and was left as it is; see to room and rights on its file system, then run again"
  fi
  if [[ -f $path ]] && cmp -s "$path" "$temporary"; then
    chmod "$mode" "$path"
    rm -f "$temporary"
    return 1
  fi
  { sync "$temporary" && mv -f "$temporary" "$path"; } ||
    fail "$path cannot be replaced; see to its file system, then run again"
}

# make_dirs MODE DIRECTORY…: those that are not there; install(1) would change the others' mode.
make_dirs() {
  local mode=$1 directory
  shift
  for directory in "$@"; do [[ -d $directory ]] || install -d -m "$mode" "$directory"; done
}

# Puts the files of standard input at their absolute paths.
write_files() {
  local file mode path
  for file in "${FILES[@]}"; do
    read -r mode path <<<"$file"
    make_dirs 0755 "$(dirname "$path")"
    replace_file "$path" "$mode" < <(printf '%s' "${CONTENT[$path]}") || true
  done
}

# docker-compose 1.x or the compose plugin, whichever is there.
compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose "$@" 9>&-
  else
    docker-compose "$@" 9>&-
  fi
}

# Whether a TCP port answers within some seconds.
# shellcheck disable=SC2016 # the inner shell expands them
answers() { timeout "${3:-3}" bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null; }
