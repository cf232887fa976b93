#!/usr/bin/env bash
# Looks at a node and says what is there, not whether it is right: a line a fact on standard output,
# its name, `known` or `unknown`, and its fields or the reason, with tabs between them.
# Changes nothing, takes no lock, writes no file. Reads from standard input: certificate_pin for HTTPS.
# A file system that hangs and a docker that does not answer cost a fact, never the look.

# The end of the look for what has not answered by then.
LOOK_SECONDS=${LOOK_SECONDS:-25}
readonly CURRENT=$INSTALL_DIR/current

# line NAME known|unknown FIELD…
line() {
  local text=$1 field
  shift
  for field in "$@"; do text+=$'\t'${field//[$'\t\r\n']/ }; done
  printf '%s\n' "$text"
}
known() { line "$1" known "${@:2}"; }
unknown() { line "$1" unknown "$2"; }

# within SECONDS COMMAND…: ends a command that waits for a file system or for docker.
within() { timeout -k 1 "$@"; }
# The least of timeout's statuses for that; a file that is not there has a smaller one.
readonly GAVE_UP=124

declare -a NAMES=() PIPES=() LOOKERS=()

# look NAME: runs look_NAME beside the others. Its standard output is a pipe, so that one which cannot
# even be killed keeps neither this script nor the SSH session.
look() {
  local pipe
  exec {pipe}< <("look_$1" </dev/null 2>/dev/null || true)
  NAMES+=("$1")
  PIPES+=("$pipe")
  LOOKERS+=("$!")
}

# Prints what the looks found, in the order in which they were begun.
report_looks() {
  local i pipe text status left found deadline=$((SECONDS + LOOK_SECONDS))
  for i in "${!NAMES[@]}"; do
    found=false
    pipe=${PIPES[i]}
    while :; do
      left=$((deadline - SECONDS))
      status=0
      IFS= read -r -t "$((left > 0 ? left : 0)).1" -u "$pipe" text || status=$?
      [[ $status -eq 0 ]] || break
      found=true
      printf '%s\n' "$text"
    done
    if [[ $status -gt 128 ]]; then
      unknown "${NAMES[i]}" "no answer within $LOOK_SECONDS s"
      kill -9 "${LOOKERS[i]}" 2>/dev/null || true
    elif [[ $found == false ]]; then
      unknown "${NAMES[i]}" "it cannot be read on this node"
    fi
    exec {pipe}<&-
  done
}

# A lock that is taken stands in the kernel's list; trying it would be in the way of whoever wants it.
# Who takes it for a moment alone leaves what the file says of an earlier run.
look_run() {
  local lock=/run/lock/harbor-ha.lock device inode id holder
  if read -r device inode < <(stat -c '%d %i' "$lock"); then
    printf -v id '%02x:%02x:%d' $((device >> 8 & 0xfff)) $((device & 255 | device >> 12 & 0xfff00)) "$inode"
    holder=$(tail -n 1 "$lock")
    if grep -q " FLOCK .* $id " /proc/locks && [[ $holder =~ process\ ([0-9]+) && -e /proc/${BASH_REMATCH[1]} ]]; then
      known run held "$holder"
      return
    fi
  fi
  known run none
}

# The folder's number and time are the file system's own, the same for all who look at it.
look_mount() {
  local type
  type=$(awk -v point="$MOUNT_POINT" '$2 == point { type = $3 } END { print type }' /proc/self/mounts)
  if [[ -z $type ]]; then
    known mount none
  else
    known mount "$type" "$(within 10 stat -c '%i/%.9Y' "$MOUNT_POINT/.harbor-ha/nodes" || true)"
  fi
}

look_fstab() {
  known fstab "$(awk -v point="$MOUNT_POINT" '$1 !~ /^#/ && $2 == point' /etc/fstab)"
}

# Of each node its mark: the cluster, and the keypair with which its gate has passed.
look_mark() {
  local mark
  mark=$(within 10 cat "$MOUNT_POINT/.harbor-ha/nodes/$NODE") || [[ $? -lt $GAVE_UP ]] || return 0
  known mark "${mark%%$'\n'*}" "$(sed -n 2p <<<"$mark")"
}

look_release() { known release "$(readlink "$CURRENT" || true)"; }

# file_facts NAME FILE PATH: what PATH is like, which stands for the declared FILE.
file_facts() {
  local about sum status=0
  about=$(within 10 stat -L -c '%a %U' "$3") || status=$?
  if [[ $status -ge $GAVE_UP ]]; then
    unknown "$1" "$3 does not answer"
  elif [[ $status -ne 0 ]]; then
    known "$1" "$2" missing
  else
    read -r sum _ < <(within 10 sha256sum <"$3") || sum=''
    known "$1" "$2" "${about% *}" "${about#* }" "$sum"
  fi
}

look_file() {
  local file
  for file in $PATHS; do file_facts file "$file" "$file"; done
}

look_secretkey() {
  local path=$MOUNT_POINT/$DATA_DIRECTORY/secretkey
  file_facts secretkey "$path" "$path"
}

project_containers() {
  within 15 docker ps -aq --filter "label=com.docker.compose.project=$PROJECT" | sort
}

# inspect FORMAT: of every container of the project.
inspect() {
  local ids
  ids=$(project_containers) || return
  # shellcheck disable=SC2086 # a list of ids
  [[ -z $ids ]] || within 15 docker inspect -f "$1" $ids
}

look_container() {
  local label='index .Config.Labels' tab='{{"\t"}}'
  inspect "container${tab}known$tab{{$label \"com.docker.compose.service\"}}$tab{{.State.Status}}$tab{{.State.ExitCode}}$tab{{.RestartCount}}$tab{{.State.StartedAt}}$tab{{.Config.Image}}$tab{{.Image}}$tab{{$label \"com.docker.compose.config-hash\"}}" || return
  known containers listed
}

# What compose makes of the definition that is declared now; as the containers' label has it.
look_definition() {
  local hashes service hash
  hashes=$(cd / && within 20 "${COMPOSE[@]}" -p "$PROJECT" --project-directory "$CURRENT" \
    -f "$CURRENT/docker-compose.yml" config --hash='*') || {
    unknown definition "docker-compose cannot read $CURRENT/docker-compose.yml"
    return
  }
  while read -r service hash; do known definition "$service" "$hash"; done <<<"$hashes"
}

# Whether the proxy was started before what it passes requests to, whose addresses it looks up once.
look_stale() {
  if within 15 "$INSTALL_DIR/bin/harbor.sh" stale; then known stale yes; else known stale no; fi
}

look_image() {
  local image id
  for image in $IMAGES; do
    id=$(within 15 docker image inspect -f '{{.Id}}' "$image") || id=missing
    known image "$image" "$id"
  done
}

# What a running container has mounted of the release: a file that was replaced since its start is
# still the earlier one there, which only its own view shows.
look_live() {
  local service pid source target file base mounts sum
  # shellcheck disable=SC2016 # docker's own language
  mounts='{{$s := index .Config.Labels "com.docker.compose.service"}}{{$p := .State.Pid}}{{if .State.Running}}{{range .Mounts}}{{if eq .Type "bind"}}{{printf "%s %d %s %s\n" $s $p .Source .Destination}}{{end}}{{end}}{{end}}'
  while read -r service pid source target; do
    case $source in
      "$CURRENT"/*) base=$source ;;
      "$INSTALL_DIR"/releases/*/*)
        base=${source#"$INSTALL_DIR"/releases/}
        base=$CURRENT/${base#*/}
        ;;
      *) continue ;;
    esac
    base=${base%/}
    for file in $PATHS; do
      [[ $file == "$base" || $file == "$base"/* ]] || continue
      sum=$(sha256sum <"/proc/$pid/root${target%/}${file#"$base"}" | cut -d' ' -f1) || sum=missing
      # A container may have ended meanwhile, which another fact says.
      [[ ! -e /proc/$pid/root/ ]] || known live "$service" "$file" "$sum"
    done
  done < <(inspect "$mounts" | grep .)
  known lives listed
}

# The public half of the token keypair, as the files have it; openssl need not be there.
look_key() {
  known key certificate "$(base64 -w 0 <"$TOKEN_CERTIFICATE")"
  if command -v openssl >/dev/null; then
    known key private "$(openssl pkey -in "$TOKEN_KEY" -pubout | base64 -w 0)"
  fi
}

look_health() {
  local reason
  if reason=$(check_containers && check_certificate && check_search); then
    known health ok
  else
    known health "$reason"
  fi
}

# The certificate that is served: whether its key is the pinned one, and its end.
look_certificate() {
  local expiry reason
  [[ $PROTOCOL == https ]] || return 0
  expiry=$(fetch 127.0.0.1 / -v -o /dev/null 2>&1 | sed -n 's/^[*#]  *expire date: *//p') || true
  if reason=$(check_certificate); then known certificate ok "$expiry"; else known certificate "$reason" "$expiry"; fi
}

# The status with which each node's registry answers to a token of this one.
look_token() {
  local own peer
  own=$(token_of 127.0.0.1) || true
  for peer in "$NODE=127.0.0.1" $PEERS; do
    if [[ -z $own ]]; then
      known token "${peer%%=*}" none
    else
      known token "${peer%%=*}" "$(accepts "${peer#*=}" "$own")"
    fi
  done
}

# env_value FILE NAME: what an env file of the release gives a service.
env_value() { sed -n "s/^$2=//p" "$CURRENT/common/config/$1/env" | head -n 1; }

# By the account that Harbor uses, as its own settings have it.
look_database() {
  local account=() name versions tables
  for name in HOST PORT USR PWD DATABASE; do account+=("$(env_value adminserver "MYSQL_$name")"); done
  [[ -n ${account[0]} ]] || return 0
  if ! versions=$(mysql_column "${account[@]}" "SELECT version_num FROM alembic_version"); then
    known database refused "$versions"
  elif ! tables=$(mysql_column "${account[@]}" "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ('user', 'project', 'harbor_ha_schema_load')"); then
    known database refused "$tables"
  else
    known database answers "$versions" "$tables"
  fi
}

look_redis() {
  local address password answer
  IFS=, read -r address _ password _ < <(env_value ui _REDIS_URL)
  # shellcheck disable=SC2034,SC2154 # redis-session.sh reads it
  SECRET[redis_password]=$password
  [[ -n $address ]] || return 0
  if answer=$(redis_time "${address%:*}" "${address##*:}"); then
    known redis answers
  else
    known redis refused "$answer"
  fi
}

look_dns() {
  local addresses
  [[ $DNS_PROVIDER == rfc2136 ]] || return 0
  if addresses=$(record_addresses); then
    known dns "$addresses"
  else
    unknown dns "$DNS_SERVER:$DNS_PORT does not answer"
  fi
}

look_disk() {
  local path
  for path in / /var/lib/docker "$MOUNT_POINT"; do
    within 10 df -Pm "$path" | awk -v path="$path" -v OFS='\t' 'NR == 2 { print "disk", "known", path, $2, $4 }' ||
      unknown disk "$path does not say how much is free"
  done
}

look_logs() { known logs "$(within 20 du -sm "$LOG_DIR" | cut -f1)"; }

look_unit() {
  local unit
  for unit in $UNITS; do
    known unit "$unit" "$(systemctl is-enabled "$unit" || true)" "$(systemctl is-active "$unit" || true)"
  done
}

read_input
# First, as this machine's clock is read around it.
known clock "$(date +%s%3N)"
COMPOSE=(docker-compose)
! within 10 docker compose version >/dev/null 2>&1 || COMPOSE=(docker compose)
for fact in run mount fstab mark release file secretkey container definition stale image live key health \
  certificate token database redis dns disk logs unit; do
  look "$fact"
done
report_looks
known end complete
