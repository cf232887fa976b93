#!/usr/bin/env bash
# Loads the release's schema into the external database, once, and only where there are no tables: from
# the backup that was brought to this node, or else from the release's own file.
# Reads from standard input: database_password, and admin_user and admin_password where given.
# A complete schema of the release's version is left as it is, and dumped to the mount when another
# release used it last; anything else is an error that says what was found.

readonly MARK=harbor_ha_schema_load

has_table() { grep -qxF "$1" <<<"$TABLES"; }

count() { query "SELECT COUNT(*) FROM \`$DATABASE_NAME\`.\`$1\`"; }

# complete | empty | restoring | interrupted | half | unknown
state() {
  local rows=0
  TABLES=$(query "SELECT table_name FROM information_schema.tables WHERE table_schema = '$DATABASE_NAME'") ||
    fail "the database $DATABASE_NAME on $DATABASE_HOST cannot be read (database.*)"
  if has_table alembic_version; then
    rows=$(count alembic_version) || fail "alembic_version in $DATABASE_NAME cannot be read (database.*)"
  fi
  if [[ -z $TABLES ]]; then
    STATE=empty
  elif has_table "$RESTORE_MARK"; then
    STATE=restoring
  elif has_table "$MARK"; then
    STATE=interrupted
  elif [[ $rows -gt 0 ]] && has_table user && has_table project; then
    # The last statement of the release's file fills this table.
    STATE=complete
  elif has_table project && has_table role && has_table access; then
    STATE=half
  else
    STATE=unknown
  fi
}

# The release's file is the authority on which schema it needs: what it last puts into alembic_version.
# Releases before 1.3 keep it in /tmp/r.sql, later ones in the init directory.
read_release_file() {
  # shellcheck disable=SC2016 # the container's shell expands it
  RELEASE_FILE=$(docker run --rm --network none --entrypoint sh "$SCHEMA_IMAGE" -c '
    for file in /docker-entrypoint-initdb.d/registry.sql /tmp/r.sql; do
      [ ! -s "$file" ] || exec cat "$file"
    done
    exit 1' 9>&- 8>&-) ||
    fail "$SCHEMA_IMAGE has no schema file for the registry; give the nodes the release's own images (images.source, images.archive)"
  NEEDED=$(tr '\n' ' ' <<<"$RELEASE_FILE" |
    sed -nE "s/.*insert +into +\`?alembic_version\`?[^';]*'([^']+)'.*/\1/Ip")
  [[ -n $NEEDED ]] || fail "the schema file in $SCHEMA_IMAGE has no alembic_version; give the nodes the release's own images (images.source, images.archive)"
  CHARSET=$(sed -nE 's/^create database .*charset *=? *([a-z0-9]+).*/\1/Ip' <<<"$RELEASE_FILE" | head -n 1)
}

# The file begins with `drop database`: what creates, drops or chooses a database is left out, and if
# anything that drops is left then, nothing is loaded.
take_schema() {
  SCHEMA=$(sed -E '/^[[:space:]]*(drop|create)[[:space:]]+database[^;]*;[[:space:]]*$/Id; /^[[:space:]]*use[[:space:]]+[^;]*;[[:space:]]*$/Id' <<<"$RELEASE_FILE")
  if grep -qiE '(^|;)[[:space:]]*(drop|truncate|delete|create[[:space:]]+database|use)[[:space:]]' <<<"$SCHEMA"; then
    fail "the schema file in $SCHEMA_IMAGE would drop or choose something after its first lines; it is not loaded: give the nodes the release's own images (images.source, images.archive)"
  fi
}

check_version() {
  HELD=$(query "SELECT GROUP_CONCAT(version_num SEPARATOR ', ') FROM \`$DATABASE_NAME\`.alembic_version")
  [[ $HELD == "$NEEDED" ]] ||
    fail "the database $DATABASE_NAME holds the schema $HELD, release $RELEASE_VERSION brings $NEEDED ($SCHEMA_IMAGE), and Harbor 1.x migrates no external database by itself. The database was not touched and no node was restarted; see docs/operations.md, \"Moving to another release\""
}

variable() { query "SHOW VARIABLES LIKE '$1'" | cut -f2; }

# The first rows of the schema count on ids 1, 2, 3: a cluster that steps ids by its number of
# members breaks them. On Galera only the global switch helps, which takes an administrator; a
# session's own step does on Group Replication and on a single server.
choose_loader() {
  USER_NAME=$DATABASE_USER USER_PASSWORD=${SECRET[database_password]} BEFORE='' AFTER=''
  STEPS='SET SESSION auto_increment_increment = 1, SESSION auto_increment_offset = 1;'
  local needs_admin='' reason=''
  if [[ $(variable wsrep_on) == ON ]]; then
    needs_admin="on Galera the schema's ids come out right only while wsrep_auto_increment_control is off"
    BEFORE='SET GLOBAL wsrep_auto_increment_control = OFF;'
    AFTER='SET GLOBAL wsrep_auto_increment_control = ON;'
  elif [[ $(variable auto_increment_increment) != 1 ]] && ! reason=$(query "$STEPS" 2>&1); then
    needs_admin="the server steps ids by $(variable auto_increment_increment), and $DATABASE_USER may not change that for a session (${reason##*: })"
  fi
  [[ -n $needs_admin ]] || return 0
  [[ -n ${SECRET[admin_user]:-} ]] ||
    fail "an administrator's account is needed once, for the schema: $needs_admin. Set database.admin.user and database.admin.password; they are used for this step alone"
  USER_NAME=${SECRET[admin_user]} USER_PASSWORD=${SECRET[admin_password]}
}

# With --force the last statement, which turns the cluster's switch back on, runs on the same
# connection whatever failed before it; the mark stays then, so the load does not count as complete.
run_schema() {
  errors=$({
    printf '%s\n' "ALTER DATABASE \`$DATABASE_NAME\` CHARACTER SET ${CHARSET:-utf8};" "USE \`$DATABASE_NAME\`;" \
      "CREATE TABLE $MARK (release_version VARCHAR(32) NOT NULL PRIMARY KEY);" \
      "INSERT INTO $MARK VALUES ('$RELEASE_VERSION');" "$BEFORE" "$STEPS" "$SCHEMA" "$AFTER"
  } | client "$USER_NAME" "$USER_PASSWORD" mysql --force 2>&1 >/dev/null) || errors="${errors:-the client failed}"
}

load() {
  local errors
  say "loading the schema of release $RELEASE_VERSION into $DATABASE_NAME on $DATABASE_HOST"
  meanwhile "loading the schema" "" run_schema
  if [[ -n $errors ]]; then
    redact <<<"$errors" | head -n 5 >&2
    fail "the schema was not loaded completely; the lines above say why. Nothing uses the database yet: correct the cause and run again"
  fi
  query "DROP TABLE \`$DATABASE_NAME\`.$MARK" || fail "the mark $MARK cannot be taken away; run again"
}

# Only what an interrupted load of ours created, while nobody has put anything into it.
clear_interrupted_load() {
  local table rows held
  while read -r table rows; do
    has_table "$table" || continue
    held=$(count "$table") ||
      fail "the load of the schema was interrupted, and whether the table $table has content since cannot be read; nothing was dropped: run again"
    [[ $held -le $rows ]] ||
      fail "the load of the schema was interrupted, but the table $table has content since; look at the database $DATABASE_NAME by hand"
  done <<<"user 2
project 1
repository 0
replication_policy 0"
  say "an earlier load of the schema was interrupted; its empty tables are made anew"
  # shellcheck disable=SC2016 # the name's own quotes
  sed -nE 's/^[[:space:]]*create[[:space:]]+table[[:space:]]+(if not exists[[:space:]]+)?`?([a-z0-9_]+)`?.*/\2/Ip' <<<"$SCHEMA" |
    {
      echo "USE \`$DATABASE_NAME\`; SET FOREIGN_KEY_CHECKS = 0;"
      while read -r table; do echo "DROP TABLE IF EXISTS \`$table\`;"; done
      echo "DROP TABLE IF EXISTS $MARK;"
    } | client "$DATABASE_USER" "${SECRET[database_password]}" mysql ||
    fail "the interrupted load cannot be cleared; the lines above say why: correct that and run again"
}

read_input
take_lock
take_database_lock
state
if restore_waits; then
  restore_database
  exit
fi
case $STATE in
  complete)
    read_release_file
    check_version
    dump_before_move
    say "the schema is there (alembic_version $HELD)"
    ;;
  empty | interrupted)
    read_release_file
    take_schema
    choose_loader
    [[ $STATE == empty ]] || clear_interrupted_load
    load
    state
    [[ $STATE == complete ]] || fail "the schema was loaded but is $STATE, and nothing uses it yet: empty the database $DATABASE_NAME by hand and run again"
    record_release
    say "the schema is loaded"
    ;;
  restoring)
    fail "a restore into the database $DATABASE_NAME was interrupted, and the backup is no longer in $RESTORE_DIR on this node; bring it again (npm run restore), and run again"
    ;;
  half)
    fail "the database $DATABASE_NAME holds a half-loaded Harbor schema (its alembic_version has no row), which this program did not load; it is left as it is. If nothing in it is needed, empty the database by hand and run again"
    ;;
  *)
    fail "the database $DATABASE_NAME holds tables that are not Harbor's: $(head -n 5 <<<"$TABLES" | tr '\n' ' '); it is left as it is. Name an empty database (database.name)"
    ;;
esac
