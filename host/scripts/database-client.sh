#!/usr/bin/env bash
# The release's own client programs for the external database, from its database image, so that no
# client is installed on a node and the one that fits the release is used.
# Changes nothing by itself; what it reads from standard input goes to the program. Credentials go by
# standard input into the container's memory and are stored nowhere.

# client USER PASSWORD PROGRAM [OPTION…]: mysql or mysqldump, reading SQL from standard input.
# Docker would keep what it prints in its log, a whole dump as well. The lock on the mount stays open:
# what outlives a killed run still works on the database, and the next run has to wait for it.
client() {
  local user=$1 password=$2
  shift 2
  # shellcheck disable=SC2016 # the container's shell expands them
  {
    printf '[client]\nhost="%s"\nport=%s\nuser="%s"\npassword="%s"\n[mysql]\nconnect-timeout=10\n\n' \
      "$DATABASE_HOST" "$DATABASE_PORT" "$user" "$password"
    cat
  } | docker run --rm -i --network host --log-driver none --tmpfs /tmp:mode=1777 --entrypoint sh "$SCHEMA_IMAGE" -c '
    umask 077
    while IFS= read -r line && [ -n "$line" ]; do printf "%s\n" "$line"; done >/tmp/client.cnf
    program=$1
    shift
    exec "$program" --defaults-extra-file=/tmp/client.cnf "$@"' sh "$@" 9>&-
}

query() { client "$DATABASE_USER" "${SECRET[database_password]}" mysql -NB <<<"$1"; }
