#!/usr/bin/env bash
# Puts a backup's dump and its list of images where the schema step of this node's next deployment
# looks for them: RESTORE_DIR, for root alone. What an earlier restore put there is replaced.
# Reads from standard input: a tar archive with database.sql.gz and images.

readonly ARRIVING=$RESTORE_DIR.partial

take_lock
trap 'rm -rf "$ARRIVING"' EXIT
rm -rf "$ARRIVING"
make_dirs 0700 "$(dirname "$RESTORE_DIR")"
install -d -m 0700 "$ARRIVING"
tar -xf - -C "$ARRIVING" --no-same-owner --no-same-permissions database.sql.gz images ||
  fail "the backup did not arrive; the lines above say why. Run again"
# A connection that is lost ends an archive as if it were whole.
(cd "$ARRIVING" && sha256sum -c --quiet - <<<"$DUMP_SHA256  database.sql.gz
$IMAGES_SHA256  images" >/dev/null 2>&1) || fail "the backup arrived incompletely; run again"
chmod 0600 "$ARRIVING"/*
sync "$ARRIVING"/*
rm -rf "$RESTORE_DIR"
mv -T "$ARRIVING" "$RESTORE_DIR"
say "the backup's dump is in $RESTORE_DIR ($(du -h --apparent-size "$RESTORE_DIR/database.sql.gz" | cut -f1))"
