#!/usr/bin/env bash
# Loads a backup's dump into the empty database of a new set of nodes, in place of the release's schema.
# Changes the database, and RESTORE_DIR on this host, which goes when all is done; reads the dump and
# the list of images there. The caller holds the lock on the mount.
# What is under way stands in a table: the dump's sum, and whether its last statement was run.

readonly RESTORE_MARK=harbor_ha_restore
readonly DUMP=$RESTORE_DIR/database.sql.gz RESTORED=$RESTORE_DIR/restored

# Whether a backup was brought to this node.
restore_waits() { [[ -d $RESTORE_DIR ]]; }

# mysqldump escapes line ends in values, so a line that begins like a statement is one.
# shellcheck disable=SC2016 # the names' own quotes
dump_tables() { gzip -dc "$DUMP" | sed -nE 's/^CREATE TABLE `([^`]+)`.*/\1/p' | sort; }

dump_version() {
  # shellcheck disable=SC2016 # the name's own quotes
  gzip -dc "$DUMP" | sed -n '/^INSERT INTO `alembic_version` /,/;$/p' | tr '\n' ' ' |
    sed -nE "s/^[^']*'([^']+)'.*/\1/p"
}

# Nothing is touched but an empty database, and tables that a load of this very dump has made.
check_restorable() {
  local sum=$1 found foreign
  found=$(dump_version)
  [[ $found == "$NEEDED" ]] ||
    fail "the backup in $RESTORE_DIR holds the schema ${found:-of no Harbor}, release $RELEASE_VERSION brings $NEEDED ($SCHEMA_IMAGE); nothing was loaded. Deploy the release that the backup was made of"
  case $STATE in
    empty) ;;
    restoring)
      found=$(query "SELECT dump_sha256 FROM \`$DATABASE_NAME\`.$RESTORE_MARK") ||
        fail "$RESTORE_MARK in $DATABASE_NAME cannot be read (database.*)"
      [[ -z $found || $found == "$sum" ]] ||
        fail "the database $DATABASE_NAME holds part of another backup than the one in $RESTORE_DIR; nothing was touched. Bring that one again (npm run restore), or empty the database by hand, and run again"
      foreign=$(comm -13 <(dump_tables) <(grep -vxF "$RESTORE_MARK" <<<"$TABLES" | sort) | paste -sd ' ')
      [[ -z $foreign ]] ||
        fail "a restore into $DATABASE_NAME was interrupted, and it holds tables since that are not the backup's: $foreign; nothing was touched. Look at it by hand, and run again"
      say "an earlier restore was interrupted; it begins again"
      ;;
    *)
      fail "the database $DATABASE_NAME is not empty, and a backup waits in $RESTORE_DIR to be restored into it; nothing was touched. Name an empty database (database.name), or remove that folder where the database is to stay as it is, and run again"
      ;;
  esac
}

# The client ends at the first statement that fails, so the last one is run after all others.
load_dump() {
  local sum=$1 errors
  say "restoring the database $DATABASE_NAME on $DATABASE_HOST from the backup"
  meanwhile "restoring the database" "" send_dump "$sum"
  if ! is_loaded "$sum"; then
    redact <<<"${errors:-the connection was lost}" | tail -n 5 >&2
    fail "the backup was not restored completely; the lines above say why. Nothing uses the database yet: correct the cause and run again"
  fi
}

# send_dump SUM: what the client says goes to the caller's `errors`.
send_dump() {
  errors=$({ {
    printf '%s\n' "ALTER DATABASE \`$DATABASE_NAME\` CHARACTER SET ${CHARSET:-utf8};" "USE \`$DATABASE_NAME\`;" \
      "CREATE TABLE IF NOT EXISTS $RESTORE_MARK (dump_sha256 CHAR(64) NOT NULL PRIMARY KEY, complete INT NOT NULL);" \
      "REPLACE INTO $RESTORE_MARK VALUES ('$1', 0);" &&
      gzip -dc "$DUMP" &&
      printf '%s\n' "UPDATE $RESTORE_MARK SET complete = 1;"
  } | client "$DATABASE_USER" "${SECRET[database_password]}" mysql; } 2>&1 >/dev/null) ||
    errors="${errors:-the client failed}"
}

# is_loaded SUM: whether the mark says that all of this dump is in the database.
is_loaded() {
  [[ $(query "SELECT complete FROM \`$DATABASE_NAME\`.$RESTORE_MARK WHERE dump_sha256 = '$1'") == 1 ]]
}

# Once the mark is gone, a file tells that the database is this backup's, and what is left is to tidy up.
finish_restore() {
  check_version
  record_release
  replace_file "$RESTORED" 0600 <<<"$1" || true
  query "DROP TABLE IF EXISTS \`$DATABASE_NAME\`.$RESTORE_MARK" ||
    fail "the mark $RESTORE_MARK cannot be taken away; run again"
  say "the database is restored (alembic_version $HELD)"
  meanwhile "looking for the backup's images on the mount" "" report_images
  rm -rf "$RESTORE_DIR"
}

# An image is there when its manifest is: in its repository, and among the blobs.
report_images() {
  local root=$MOUNT_POINT/$DATA_DIRECTORY/registry/docker/registry/v2
  local repository tag digest sum total=0 missing=()
  while read -r repository tag digest; do
    total=$((total + 1)) sum=${digest#sha256:}
    [[ -e $root/repositories/$repository/_manifests/revisions/sha256/$sum/link &&
      -e $root/blobs/sha256/${sum:0:2}/$sum/data ]] || missing+=("$repository:$tag")
  done <"$RESTORE_DIR/images"
  say "$((total - ${#missing[@]})) of the backup's $total images are on the mount"
  [[ ${#missing[@]} -eq 0 ]] ||
    say "missing, as a backup lists images and does not hold them: ${missing[*]:0:10}$([[ ${#missing[@]} -le 10 ]] || echo " and $((${#missing[@]} - 10)) more"). Bring $MOUNT_POINT/$DATA_DIRECTORY/registry of the old nodes, or push them again"
}

restore_database() {
  local sum
  [[ -s $DUMP && -e $RESTORE_DIR/images ]] ||
    fail "$RESTORE_DIR is incomplete; bring the backup again (npm run restore), or remove that folder"
  sum=$(sha256sum <"$DUMP" | cut -d' ' -f1)
  read_release_file
  if [[ $STATE == complete && -s $RESTORED && $(<"$RESTORED") == "$sum" ]]; then
    finish_restore "$sum"
    return
  fi
  if [[ $STATE != restoring ]] || ! is_loaded "$sum"; then
    check_restorable "$sum"
    load_dump "$sum"
  fi
  finish_restore "$sum"
}
