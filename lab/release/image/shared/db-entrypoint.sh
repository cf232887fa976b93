#!/usr/bin/env bash
# Changes /var/lib/mysql: makes the database, root's account and the schema where there is none yet.
# Reads MYSQL_ROOT_PASSWORD from its environment. A no-op over an existing database, and when it is
# given another command than mysqld (so that the image can be used for its client).
set -euo pipefail

if [[ ${1:-} != mysqld ]]; then
  exec "$@"
fi
shift

data=/var/lib/mysql
socket=/run/mysqld/init.sock
# A release has one of them: the first up to Harbor 1.2, the second from 1.3 on.
schemas=(/tmp/r.sql /docker-entrypoint-initdb.d/registry.sql)
install -d -o mysql -g mysql "$data" /run/mysqld

if [[ ! -d $data/mysql ]]; then
  : "${MYSQL_ROOT_PASSWORD:?is needed for the first start}"
  # A first start that was cut off must not look like a finished one: made aside, moved at the end.
  rm -rf "$data/.new"
  install -d -o mysql -g mysql "$data/.new"
  mariadb-install-db --user=mysql --datadir="$data/.new" --skip-test-db >/dev/null
  mariadbd --user=mysql --datadir="$data/.new" --skip-networking --socket="$socket" &
  server=$!
  until mysql --socket="$socket" -e 'select 1' >/dev/null 2>&1; do
    kill -0 "$server"
    sleep 0.1
  done
  password=${MYSQL_ROOT_PASSWORD//\\/\\\\}
  password=${password//\'/\\\'}
  printf "create user 'root'@'%%' identified by '%s'; grant all on *.* to 'root'@'%%' with grant option;\n" \
    "$password" | mysql --socket="$socket"
  for schema in "${schemas[@]}"; do
    [[ ! -f $schema ]] || mysql --socket="$socket" <"$schema"
  done
  kill "$server"
  wait "$server"
  mv "$data"/.new/* "$data/"
  rm -rf "$data/.new"
fi

chown -R mysql:mysql "$data"
exec mariadbd --user=mysql --datadir="$data" --bind-address=0.0.0.0 --skip-name-resolve "$@"
