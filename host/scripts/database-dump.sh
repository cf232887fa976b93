#!/usr/bin/env bash
# Dumps of the external database: for a backup, and before another release takes it over.
# Changes, in .harbor-ha on the mount, backup (a dump before a move stays for ever) and
# database-release (a line a database: its name, and the release that used it last).
# Reads nothing; the caller holds the lock on the mount (take_database_lock).

readonly BACKUP_DIR=$MOUNT_POINT/.harbor-ha/backup RELEASE_RECORD=$MOUNT_POINT/.harbor-ha/database-release

# One node at a time dumps or loads, on descriptor 8. The lock of a node that crashed lasts until CephFS
# closes its session, which it does after 300 s (mds session_autoclose), so longer than that is waited.
take_database_lock() {
  exec 8>>"$MOUNT_POINT/.harbor-ha/schema.lock"
  flock -w 3 8 && return
  say "waiting for another node to end with the database, or for the lock of one that crashed"
  meanwhile "waiting for the database's lock" 360 flock -w 360 8 ||
    fail "another node dumps or loads the database; run again later"
}

# To be called once the database is this release's, as a whole.
record_release() {
  replace_file "$RELEASE_RECORD" 0600 < <(
    [[ ! -s $RELEASE_RECORD ]] || awk -v name="$DATABASE_NAME" '$1 != name' "$RELEASE_RECORD"
    printf '%s %s\n' "$DATABASE_NAME" "$RELEASE_VERSION"
  ) || true
}

recorded_release() {
  [[ ! -s $RELEASE_RECORD ]] || awk -v name="$DATABASE_NAME" '$1 == name { print $2 }' "$RELEASE_RECORD"
}

# Without a record the database is of an installation that is taken over. The same release again dumps
# nothing.
dump_before_move() {
  local from file
  from=$(recorded_release)
  [[ $from != "$RELEASE_VERSION" ]] || return 0
  install -d -m 0700 "$BACKUP_DIR"
  rm -f "$BACKUP_DIR"/*-to-*.sql.gz.partial
  check_room
  file=$BACKUP_DIR/$DATABASE_NAME-${from:-unknown}-to-$RELEASE_VERSION-$(date -u +%Y%m%dT%H%M%SZ).sql.gz
  say "dumping the database $DATABASE_NAME before release $RELEASE_VERSION takes it over"
  dump "$file"
  say "the dump is $file ($(du -h --apparent-size "$file" | cut -f1)); it stays until somebody removes it"
  record_release
}

# Rough on purpose: the server's own figure for the rows, as if they were not compressed.
check_room() {
  local needed free
  needed=$(query "SELECT CEIL(COALESCE(SUM(data_length), 0) / 1048576) FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME'")
  free=$(df -Pm "$BACKUP_DIR" | awk 'NR == 2 { print $4 }')
  [[ $free -ge $needed ]] ||
    fail "the database is not dumped: $free MB free in $BACKUP_DIR, at least $needed MB are needed; make room and run again"
}

# dump FILE: written aside, and at its place only as a whole. Not every release's client knows the
# options with "loose"; the others are in all of them. Without locks it can be loaded into Percona's
# cluster too, which refuses them. A client that is cut off may end with 0, so the last line is looked
# for, which also reads the whole file back.
dump() {
  local file=$1 partial=$1.partial errors problem=''
  meanwhile "dumping the database" "" write_dump
  if [[ -n $problem ]]; then
    rm -f "$partial"
    redact <<<"$problem" | tail -n 5 >&2
    fail "the database was not dumped; the lines above say why. Nothing else was done: correct the cause and run again"
  fi
  sync "$partial"
  mv "$partial" "$file"
}

# write_dump: what is wrong with it goes to the caller's `problem`.
write_dump() {
  if ! errors=$({
    client "$DATABASE_USER" "${SECRET[database_password]}" mysqldump --single-transaction --quick \
      --routines --no-tablespaces --skip-add-locks --default-character-set=utf8mb4 \
      --loose-set-gtid-purged=OFF --loose-column-statistics=0 "$DATABASE_NAME" </dev/null |
      gzip >"$partial"
  } 2>&1); then
    problem=${errors:-the client failed}
  elif ! gzip -dc "$partial" | tail -n 1 | grep -q "^-- Dump completed"; then
    problem="the dump is cut off"
  fi
}
