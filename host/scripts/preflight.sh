#!/usr/bin/env bash
# Looks whether a host can become a node, and changes nothing on it.
# Reads from standard input: redis_password, database_password.
# Always safe to run; prints a line a check and fails after the last one, not after the first.

problems=0
ok() { say "ok       $*"; }
wrong() {
  say "PROBLEM  $*"
  problems=$((problems + 1))
}

check_platform() {
  local id version
  # shellcheck source=/dev/null
  id=$(. /etc/os-release && echo "${ID:-unknown}")
  # shellcheck source=/dev/null
  version=$(. /etc/os-release && echo "${VERSION_ID:-}")
  [[ $(id -u) -eq 0 ]] || wrong "rights: this runs as $(id -un); log in as root or as a user with sudo (ssh.user)"
  [[ $(uname -m) == x86_64 ]] || wrong "processor: is $(uname -m); the release's images are for x86_64: name another host (nodes)"
  [[ -d /run/systemd/system ]] || wrong "systemd: is not running; it mounts the file system and starts Harbor after a reboot: name a host that runs it (nodes)"
  case $id in
    debian | ubuntu) ok "distribution: $id $version" ;;
    *) ok "distribution: $id $version (not Debian or Ubuntu: packages must be there already)" ;;
  esac
}

check_owner() {
  local owner
  owner=$(foreign_owner "$PREDECESSOR")
  if [[ -n $owner ]]; then
    wrong "node: $(foreign_host "$owner")"
  else
    ok "node: of no other stack"
  fi
}

check_packages() {
  local missing
  missing=$(missing_packages)
  if [[ -z $missing ]]; then
    ok "packages: all there"
  elif [[ $INSTALL_PACKAGES != true ]]; then
    wrong "packages: missing $missing; install them, or set installPackages to true"
  elif ! command -v apt-get >/dev/null; then
    wrong "packages: missing $missing, and there is no apt-get to install them with: install them by hand"
  else
    ok "packages: $missing will be installed"
  fi
}

check_disk() {
  local path free
  for path in /opt /var/lib; do
    free=$(df -Pm "$path" | awk 'NR == 2 { print $4 }')
    if [[ $free -lt $MINIMUM_FREE_MB ]]; then
      wrong "disk: $free MB free in $path, at least $MINIMUM_FREE_MB MB are needed for images and releases: make room"
    else
      ok "disk: $free MB free in $path"
    fi
  done
}

check_port() {
  # Its containers have the names that ours take.
  if [[ ! -e $INSTALL_DIR/current &&
    -n $(docker ps -aq --filter "label=com.docker.compose.project=$PROJECT" 2>/dev/null) ]]; then
    wrong "port: a Harbor that this program did not deploy has containers on this host; take them away (docker-compose down, in its folder), and see \"Taking an existing installation over\" in docs/operations.md"
  elif docker ps --filter "label=com.docker.compose.project=$PROJECT" --format '{{.Ports}}' 2>/dev/null |
    grep -q ":$PORT->"; then
    ok "port: $PORT is Harbor's own"
  elif answers 127.0.0.1 "$PORT" 1 || answers "$ADDRESS" "$PORT" 1; then
    wrong "port: $PORT is taken by another program on this host; free it or choose another (port)"
  else
    ok "port: $PORT is free"
  fi
}

check_monitors() {
  local monitor host number reached=0 silent=()
  for monitor in $MONITORS; do
    host=${monitor%%:*}
    number=${monitor#"$host"}
    number=${number#:}
    if { [[ -n $number ]] && answers "$host" "$number"; } ||
      { [[ -z $number ]] && { answers "$host" 3300 || answers "$host" 6789; }; }; then
      reached=$((reached + 1))
    else
      silent+=("$monitor")
    fi
  done
  if [[ $reached -eq 0 ]]; then
    wrong "monitors: none of $MONITORS answers (cephfs.monitors)"
  elif [[ ${#silent[@]} -gt 0 ]]; then
    ok "monitors: $reached answer, silent: ${silent[*]}"
  else
    ok "monitors: all $reached answer"
  fi
}

check_database() {
  local found
  if found=$(mysql_column "$DATABASE_HOST" "$DATABASE_PORT" "$DATABASE_USER" \
    "${SECRET[database_password]}" "$DATABASE_NAME" "SELECT version_num FROM alembic_version"); then
    check_schema "$found"
  elif [[ $found == *"(error 1146)" ]]; then
    # There is no such table.
    check_schema ''
  else
    wrong "database: $found (database.host, database.user, database.password, database.name)"
  fi
}

# check_schema VERSIONS: what alembic_version holds; a complete schema of Harbor has one row there.
check_schema() {
  local held=${1//$'\n'/, } database
  database="database: $DATABASE_USER may use $DATABASE_NAME on $DATABASE_HOST:$DATABASE_PORT"
  if [[ -z $held ]]; then
    ok "$database, no schema yet"
  elif [[ -z $SCHEMA_VERSION || $held == "$SCHEMA_VERSION" ]]; then
    ok "$database, its schema is $held"
  else
    wrong "database: $DATABASE_NAME holds the schema $held, Harbor $RELEASE_VERSION needs $SCHEMA_VERSION:"
    if [[ ! $held =~ ^[0-9]+(\.[0-9]+)+$ ]]; then
      say "         that is no schema of a Harbor release; look at the database by hand, or name another one (database.name)"
    elif [[ $(printf '%s\n' "$held" "$SCHEMA_VERSION" | sort -V | head -n 1) == "$held" ]]; then
      say "         Harbor 1.x migrates no external database by itself, and its migrator works on a data directory."
      say "         Stay with the release that fits (release.version), or migrate a copy in a maintenance window, load it"
      say "         into a new database and set database.name to that together with release.version."
    else
      say "         no release can work on a newer schema, and a schema has no way back. Set release.version to one"
      say "         that fits, or deploy as a new stack on a database with the schema $SCHEMA_VERSION: a dump from before the move, loaded."
    fi
    say "         The steps are in docs/operations.md, \"Moving to another release\". Nothing was touched."
  fi
}

# running SERVICE NAME: a variable that Harbor runs with on this host; empty where it does not run.
running() {
  sed -n "s/^$2=//p" "$INSTALL_DIR/current/common/config/$1/env" 2>/dev/null | head -n 1 || true
}

# check_earlier WHAT SETTING COMMAND…: whether what this node runs with is still accepted, although
# something else is given now. That it is not is no problem of the new settings.
check_earlier() {
  local found
  if found=$("${@:3}"); then
    ok "$1: what this node runs with is accepted too, so the nodes can change one after another"
  else
    say "warning  $1: what this node runs with is not accepted any more ($found): it may serve nobody until its turn. Let both be accepted while the nodes change ($2), see \"Changing passwords\" in docs/operations.md"
  fi
}

check_earlier_database() {
  local user password
  user=$(running adminserver MYSQL_USR)
  password=$(running adminserver MYSQL_PWD)
  [[ -n $password && $user/$password != "$DATABASE_USER/${SECRET[database_password]}" ]] || return 0
  check_earlier database database.password mysql_column "$(running adminserver MYSQL_HOST)" \
    "$(running adminserver MYSQL_PORT)" "$user" "$password" "$(running adminserver MYSQL_DATABASE)" "SELECT 1"
}

# Harbor has Redis's address as host:port,connections,password,database.
check_earlier_redis() {
  local server password
  IFS=, read -r server _ password _ < <(running ui _REDIS_URL) || return 0
  [[ -n $password && $password != "${SECRET[redis_password]}" ]] || return 0
  check_earlier redis redis.password redis_time_with "$password" "${server%:*}" "${server##*:}"
}

# In a shell of its own, which keeps the password that is given now.
redis_time_with() (
  SECRET[redis_password]=$1
  redis_time "$2" "$3"
)

# Redis's clock is the one that every node can read: two nodes that are each within a second of it
# are within two seconds of each other, which is what a token's "not before" can bear.
check_redis_and_clock() {
  local before theirs after offset
  before=$(date +%s%3N)
  if ! theirs=$(redis_time "$REDIS_HOST" "$REDIS_PORT"); then
    wrong "redis: $theirs (redis.host, redis.port, redis.password)"
    return
  fi
  after=$(date +%s%3N)
  ok "redis: the password is accepted by $REDIS_HOST:$REDIS_PORT"
  offset=$(((before + after) / 2 - theirs))
  if [[ ${offset#-} -gt $((1000 + after - before)) ]]; then
    wrong "clock: $offset ms off the clock of $REDIS_HOST, by which the nodes are compared; at most 1000 ms, or tokens are refused as not valid yet: synchronise the clocks (chrony, systemd-timesyncd)"
  else
    ok "clock: $offset ms off the clock by which the nodes are compared"
  fi
}

check_dns() {
  [[ $DNS_PROVIDER == rfc2136 ]] || return 0
  if answers "$DNS_SERVER" "$DNS_PORT"; then
    ok "dns: $DNS_SERVER:$DNS_PORT answers"
  else
    wrong "dns: no answer from $DNS_SERVER:$DNS_PORT over TCP (dns.server, dns.port)"
  fi
}

read_input
check_platform
check_owner
check_packages
check_disk
check_port
check_monitors
check_database
check_earlier_database
check_redis_and_clock
check_earlier_redis
check_dns
[[ $problems -eq 0 ]] || fail "$problems checks failed; nothing was changed on this host: correct what the lines above name, then run again"
say "ready; nothing was changed"
