#!/usr/bin/env bash
# Whose node this host is. The mount step writes it down (HOST_MARK, as `project/stack hostname`), and the
# steps of another stack refuse the host, or leave it as it is. A stack is known by its first word: its
# hostname may change. Defines functions only; claim_host and release_host change HOST_MARK.

readonly HOST_MARK=/var/lib/harbor-ha/cluster

# is_of MARK STACK: whether a mark is that of a stack; no mark is nobody's.
is_of() { [[ -n $1 && ${1%% *} == "${2%% *}" ]]; }

# The stack and its hostname, for a person.
owner_in_words() { echo "${1%% *} (${1#* })"; }

# host_owner: the mark of the host; empty where it is no node. Versions before this one left a mark on
# the file system alone, where it has the node's name; another stack may know the host by another name.
host_owner() {
  local point
  if [[ -s $HOST_MARK ]]; then
    head -n 1 "$HOST_MARK"
    return
  fi
  point=$(managed_mount_point)
  [[ -n $point ]] || return 0
  # shellcheck disable=SC2016 # the inner shell expands them
  { timeout -k 1 5 sh -c 'head -qn 1 "$0/$1" "$0"/*' "$point/.harbor-ha/nodes" "$NODE" 2>/dev/null || true; } |
    head -n 1
}

# foreign_owner [PREDECESSOR]: the mark where the host is a node of neither this stack nor that one.
foreign_owner() {
  local owner
  owner=$(host_owner)
  if [[ -n $owner ]] && ! is_of "$owner" "$CLUSTER" && ! is_of "$owner" "${1:-}"; then
    echo "$owner"
  fi
}

# What to do about a host that is another stack's.
foreign_host() {
  echo "this host is a node of $(owner_in_words "$1") already, and a host carries one registry; name another host here (nodes), or take it out of that stack first. Where this stack takes that one's place, or that one is gone for good: pulumi config set predecessor ${1%% *}, see \"What two stacks may not share\" in docs/environments.md"
}

# refuse_foreign_host [PREDECESSOR]: before anything is changed.
refuse_foreign_host() {
  local owner
  owner=$(foreign_owner "${1:-}")
  [[ -z $owner ]] || fail "$(foreign_host "$owner")"
}

# A step that takes something back must not take it from another stack.
pass_over_foreign_host() {
  local owner
  owner=$(foreign_owner)
  [[ -n $owner ]] || return 0
  say "is a node of $(owner_in_words "$owner") by now: left as it is"
  exit 0
}

claim_host() {
  make_dirs 0700 "$(dirname "$HOST_MARK")"
  replace_file "$HOST_MARK" 0600 <<<"$CLUSTER" || true
}

release_host() { rm -f "$HOST_MARK" "$(dirname "$HOST_MARK")/.harbor-ha.cluster"; }
